//! Which bytes of a document are prose.
