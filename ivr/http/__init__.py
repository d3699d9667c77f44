"""Operations that ask a back end of the operator's own over HTTP, as their YAML declares them."""
