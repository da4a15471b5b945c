//! From input files to the records that delivery streams get. It blocks, and keeps little in
//! memory whatever the input; `docs/sources.md` says what comes out.

mod direct_put;
mod error;
mod events;
mod input_file;
mod input_format;
mod input_reader;
mod length_prefixed;
mod lines;
mod paths;
mod put_record;
mod sequence_number;
mod sharded_stream;
mod whole_file;

pub use direct_put::DirectPut;
pub use error::{InputError, PutError};
pub use input_format::InputFormat;
pub use input_reader::InputReader;
pub use put_record::{InputItem, MAX_DIRECT_PUT_BYTES, MAX_KINESIS_BYTES, PutRecord};
pub use sequence_number::SequenceNumber;
pub use sharded_stream::ShardedStream;
pub use whole_file::{MAX_WHOLE_FILE_BYTES, read_whole_file, read_whole_text};
