"""`python -m graph_schema` prints the schema: redirect it to graph_schema/schema.graphql."""

import sys

from graph_schema.schema import printed

sys.stdout.write(printed())
