use super::delivered_object::DeliveredObject;

/// The objects of a delivery or a replay. All objects are counted, and the first ones are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectList {
    /// The first objects, at most 1,000, in the order in which they were delivered.
    pub first: Vec<DeliveredObject>,
    /// The number of all objects.
    pub count: u64,
    /// The bytes of all objects in the store.
    pub bytes: u64,
}

impl ObjectList {
    const MAX_LISTED: usize = 1000;

    /// Counts an object, and lists it if the list has room.
    pub(crate) fn add(&mut self, object: DeliveredObject) {
        self.count += 1;
        self.bytes += object.bytes;
        if self.first.len() < Self::MAX_LISTED {
            self.first.push(object);
        }
    }
}
