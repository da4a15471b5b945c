//! Laws of the delivery, with functions that are none, and a store in memory.
