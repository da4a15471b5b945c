//! Property tests of a replay: every line is recovered, dropped or in the file of remaining
//! records, and no record is transformed twice, whatever the function and the store do.

mod continued;
mod every_line;
mod setup;
mod transformed_once;
