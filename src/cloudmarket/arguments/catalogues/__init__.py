"""What models the clouds list: the argument of ``05_model_catalogues``."""

from cloudmarket.arguments.catalogues.state import Catalogue, Exclusivity, catalogues, exclusivity

__all__ = ["Catalogue", "Exclusivity", "catalogues", "exclusivity"]
