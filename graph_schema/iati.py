"""What was published as IATI, and what imports had to tell."""

from graph_schema.derive import node, roots
from rbm.model.iati import CodelistItem, ImportFinding, Publication, PublicationRelation

node(
    Publication,
    "code publisher publisher_name language currency hierarchy iati_version file_hash attributes remainder "
    "imported_at project plan relations",
)
node(PublicationRelation, "kind reference publication")
node(ImportFinding, "file_hash file_name kind activity element line reason")
node(CodelistItem, "code list item name")


class Query(roots(Publication, PublicationRelation, ImportFinding, CodelistItem)):
    """What one may ask about publications."""
