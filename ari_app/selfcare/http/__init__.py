"""Operations of the operator's own: requests over HTTP as their YAML declares them."""
