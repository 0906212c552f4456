"""Histories of files in git repositories as dated snapshots: one per commit that changed them.

Only git itself is used, so a reader's proxy, credentials and mirrors (``url.<base>.insteadOf``) just work. The
date of a snapshot is the commit's own (UTC): when it came to the default branch, for those who commit there.
"""

from cloudmarket.archives.git.clone import Clone
from cloudmarket.archives.git.file_archive import FileArchive
from cloudmarket.archives.git.round_archive import RoundArchive
from cloudmarket.archives.git.tree_archive import TreeArchive
from cloudmarket.archives.git.trees import MAX_BYTES

__all__ = ["MAX_BYTES", "Clone", "FileArchive", "RoundArchive", "TreeArchive"]
