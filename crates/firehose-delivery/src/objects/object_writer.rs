use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    object_buffer::ObjectBuffer,
    object_contents::ObjectContents,
    object_layout::ObjectLayout,
    object_limits::ObjectLimits,
    uploads::{UploadResult, Uploads},
};
use crate::{delivery_stream::DeliveryFailure, store::Store};

/// Collects records into objects, one open object per group, and uploads complete objects.
///
/// Memory is bounded as long as the caller adds records only while there is room: see
/// [`has_room`](Self::has_room).
#[derive(Debug)]
pub(crate) struct ObjectWriter<L: ObjectLayout, C> {
    layout: L,
    limits: ObjectLimits,
    open: HashMap<L::Group, ObjectBuffer<C>>,
    /// The size of all open objects in memory, in bytes.
    buffered: u64,
    uploads: Uploads<C>,
}

impl<L: ObjectLayout, C: ObjectContents> ObjectWriter<L, C> {
    pub(crate) fn new(layout: L, limits: ObjectLimits, store: Arc<Store>) -> Self {
        let (open, uploads) = (HashMap::new(), Uploads::new(store));
        Self { layout, limits, open, buffered: 0, uploads }
    }

    pub(crate) fn layout(&self) -> &L {
        &self.layout
    }

    /// Returns `true` if the group has an open object.
    pub(crate) fn is_open(&self, group: &L::Group) -> bool {
        self.open.contains_key(group)
    }

    /// Returns the groups with an open object.
    pub(crate) fn open_groups(&self) -> impl Iterator<Item = &L::Group> {
        self.open.keys()
    }

    /// Adds a record with this data to the object of its group.
    ///
    /// # Errors
    ///
    /// If the format of the object cannot hold the data. The error returns the record, and the
    /// object stays as it was.
    pub(crate) fn add(
        &mut self,
        group: &L::Group,
        record: C::Record,
        arrival: Timestamp,
        data: &[u8],
    ) -> Result<(), (C::Record, DeliveryFailure)> {
        let buffer = match self.open.get_mut(group) {
            Some(buffer) => buffer,
            None => {
                let encoder = self.layout.encoder(group);
                let buffer = ObjectBuffer::new(encoder, self.limits.interval);
                self.buffered += buffer.held();
                self.open.entry(group.clone()).or_insert(buffer)
            }
        };
        let held = buffer.held();
        if let Err(rejected) = buffer.push(record, arrival, data) {
            if buffer.is_empty() {
                self.buffered -= held;
                self.open.remove(group);
            }
            return Err(rejected);
        }
        self.buffered = self.buffered - held + buffer.held();
        if buffer.is_full(&self.limits) {
            self.upload(group);
        }
        while self.buffered > self.limits.memory || self.open.len() > self.limits.open_objects {
            let largest = self.open.iter().max_by_key(|(_, buffer)| buffer.held());
            let Some(group) = largest.map(|(group, _)| group.clone()) else { break };
            self.upload(&group);
        }
        Ok(())
    }

    /// Returns the time at which the next open object is due.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.open.values().filter_map(ObjectBuffer::deadline).min()
    }

    /// Uploads the open objects that are due at this time, or all open objects for `None`.
    pub(crate) fn flush(&mut self, due: Option<Instant>) {
        let is_due = |buffer: &ObjectBuffer<C>| {
            due.is_none_or(|now| buffer.deadline().is_some_and(|deadline| deadline <= now))
        };
        let groups = self.open.iter().filter(|(_, buffer)| is_due(buffer));
        for group in groups.map(|(group, _)| group.clone()).collect::<Vec<_>>() {
            self.upload(&group);
        }
    }

    /// Ends the open object of a group and starts its upload.
    fn upload(&mut self, group: &L::Group) {
        let Some(buffer) = self.open.remove(group) else { return };
        let held = buffer.held();
        self.buffered -= held;
        let key = self.layout.key(group, buffer.arrivals());
        let (object, contents) = buffer.finish();
        self.uploads.start(&key, object, held, contents);
    }

    /// Returns `true` if there are neither open objects nor uploads.
    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_empty() && self.uploads.is_empty()
    }

    /// Returns `true` if the caller may add records. Each call of [`add`](Self::add) may start
    /// uploads, so a caller with many groups checks for room before each record.
    pub(crate) fn has_room(&self) -> bool {
        self.uploads.has_room(self.limits.memory)
    }

    /// Waits for the end of an upload; returns `None` if there are no uploads. Dropping the future
    /// loses no result.
    pub(crate) async fn next_upload(&mut self) -> Option<UploadResult<C>> {
        self.uploads.next().await
    }

    /// Cancels the uploads that have not begun, and returns the contents of the open objects.
    /// Uploads that have begun go on, and [`next_upload`](Self::next_upload) returns all of them.
    pub(crate) fn give_up(&mut self) -> impl Iterator<Item = C> {
        self.uploads.give_up();
        self.buffered = 0;
        self.open.drain().map(|(_, buffer)| buffer.into_contents())
    }

    /// Returns `true` after [`give_up`](Self::give_up).
    pub(crate) fn has_given_up(&self) -> bool {
        self.uploads.has_given_up()
    }
}
