pub(crate) mod crate_root;
pub(crate) mod doc_starts;
pub(crate) mod facades;
pub(crate) mod import_cycles;
pub(crate) mod lengths;
pub(crate) mod module_names;
pub(crate) mod shown_code;
pub(crate) mod type_names;
