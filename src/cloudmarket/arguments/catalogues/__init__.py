"""What models the clouds list: the argument of ``05_model_catalogues``."""

from cloudmarket.arguments.catalogues.claims import claims, stated
from cloudmarket.arguments.catalogues.state import Catalogue, Exclusivity, catalogues, exclusivity
from cloudmarket.arguments.catalogues.view import View, view

__all__ = ["Catalogue", "Exclusivity", "View", "catalogues", "claims", "exclusivity", "stated", "view"]
