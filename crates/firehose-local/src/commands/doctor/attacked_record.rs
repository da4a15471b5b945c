use bytes::Bytes;

/// A record of an attack.
#[derive(Clone, Debug)]
pub(super) struct AttackedRecord {
    pub(super) payload: Bytes,
    pub(super) role: RecordRole,
}

/// The part that a record has in an attack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RecordRole {
    /// A good record: the number of the record in the sample.
    Good(usize),
    /// A record with a marker, which shows whether the function lets its text through.
    Probe { marker: String },
    /// The record of the attack.
    Bad(BadTraits),
}

/// The traits of a bad record that its answer is judged by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct BadTraits {
    /// `true` if no function that reads records of this kind can read the record. Dropping it loses
    /// data. The rest of the record is that of a good one, so that no filter drops it for its text.
    pub(super) is_damaged: bool,
    /// Texts of which each must be in an output that has any of them.
    pub(super) markers: Vec<String>,
    /// The texts that a changed output has in place of the record's own text.
    pub(super) changed: Vec<Vec<u8>>,
    /// `true` if the record is as good as the probe in its event.
    pub(super) is_as_good_as_probe: bool,
}

impl AttackedRecord {
    pub(super) fn good(number: usize, payload: Bytes) -> Self {
        Self { payload, role: RecordRole::Good(number) }
    }

    pub(super) fn bad(payload: impl Into<Bytes>) -> Self {
        Self { payload: payload.into(), role: RecordRole::Bad(BadTraits::default()) }
    }

    pub(super) fn damaged(payload: impl Into<Bytes>) -> Self {
        let traits = BadTraits { is_damaged: true, ..BadTraits::default() };
        Self { payload: payload.into(), role: RecordRole::Bad(traits) }
    }

    pub(super) fn is_bad(&self) -> bool {
        matches!(self.role, RecordRole::Bad(_))
    }
}
