use super::{
    super::{
        fidelity::Fidelity,
        meter::{Exceeded, Meter},
    },
    checked::from_checked,
    members::{Members, has_repeated_keys},
    slice::Slice,
    text::Text,
    value::{MEMBER_BYTES, Object, Value, WrittenMember, WrittenObject, level_above},
};

/// The most members. A search compares the keys one by one.
const MAX_MEMBERS: usize = 64;

/// The longest key, in bytes.
const MAX_KEY: usize = 256;

/// Members as ranges of the text exist only in runs that keep the text.
const FIDELITY: Fidelity = Fidelity::KeepsText;

/// Collects the members of an object while its text is checked.
#[derive(Debug)]
pub(super) struct WrittenMembers {
    members: Vec<WrittenMember>,
    nested: Vec<(u32, Value)>,
    depth: u8,
}

impl WrittenMembers {
    /// Starts an object of this depth.
    pub(super) fn new(depth: u8, likely_count: usize) -> Self {
        let members = Vec::with_capacity(likely_count.min(MAX_MEMBERS));
        Self { members, nested: Vec::new(), depth }
    }

    /// Adds a member, whose key has quotes and no escapes. Returns false if there are too many members,
    /// or if the key is too long.
    #[inline]
    pub(super) fn add(&mut self, document: &Slice, key: &str, value: &str) -> bool {
        if self.members.len() == MAX_MEMBERS || key.len() > MAX_KEY {
            return false;
        }
        let ((key, key_end), (value_start, value_end)) =
            (document.range_of(key), document.range_of(value));
        self.members.push(WrittenMember::Written { key, key_end, value: value_start, value_end });
        if let Some(b'{' | b'[') = value.as_bytes().first() {
            let inner = from_checked(document, value, self.depth.saturating_sub(1), FIDELITY);
            self.nested.push((value_start, inner));
        }
        true
    }

    /// Returns the object, or `None` if a key is repeated.
    pub(super) fn finish(self, text: Slice) -> Option<WrittenObject> {
        let Self { members, nested, depth } = self;
        let object = WrittenObject { text, members, nested, own: Vec::new(), depth };
        let is_repeated = has_repeated_keys(object.members.len(), |at| object.key(at));
        (!is_repeated).then_some(object)
    }
}

impl WrittenObject {
    /// Returns the place of a key.
    #[inline]
    pub(super) fn position(&self, key: &str) -> Option<usize> {
        let document = self.text.document().as_bytes();
        let key = key.as_bytes();
        self.members.iter().position(|member| match *member {
            WrittenMember::Written { key: start, key_end, .. } => {
                let own = &document[start as usize + 1..key_end as usize - 1];
                // The last bytes differ more often than the first ones.
                own.len() == key.len() && own.last() == key.last() && own == key
            }
            WrittenMember::Own(at) => self.own[at as usize].0.as_str().as_bytes() == key,
        })
    }

    fn key(&self, at: usize) -> &[u8] {
        match self.members[at] {
            WrittenMember::Written { key, key_end, .. } => {
                &self.text.document().as_bytes()[key as usize + 1..key_end as usize - 1]
            }
            WrittenMember::Own(at) => self.own[at as usize].0.as_str().as_bytes(),
        }
    }

    fn key_text(&self, at: usize) -> Text {
        match self.members[at] {
            WrittenMember::Written { key, key_end, .. } => {
                Text::Plain(self.text.range(key + 1, key_end - 1))
            }
            WrittenMember::Own(at) => self.own[at as usize].0.clone(),
        }
    }

    /// Returns the value of the member at a place.
    pub(super) fn value(&self, at: usize) -> Value {
        match self.members[at] {
            WrittenMember::Written { value, value_end, .. } => {
                match self.nested.iter().find(|(start, _)| *start == value) {
                    Some((_, nested)) => nested.clone(),
                    None => self.simple_value(value, value_end),
                }
            }
            WrittenMember::Own(at) => self.own[at as usize].1.clone(),
        }
    }

    /// Takes the value of the member at a place, which is to be set anew.
    fn take(&mut self, at: usize) -> Value {
        match self.members[at] {
            WrittenMember::Written { value, value_end, .. } => {
                match self.nested.iter().position(|(start, _)| *start == value) {
                    Some(place) => self.nested.swap_remove(place).1,
                    None => self.simple_value(value, value_end),
                }
            }
            WrittenMember::Own(at) => std::mem::replace(&mut self.own[at as usize].1, Value::Null),
        }
    }

    fn simple_value(&self, start: u32, end: u32) -> Value {
        let text = &self.text.document()[start as usize..end as usize];
        from_checked(&self.text, text, 0, FIDELITY)
    }

    /// Replaces the value of a key by the result of `change`. A missing value is null before.
    pub(super) fn change<E: From<Exceeded>>(
        &mut self,
        key: &Text,
        meter: &Meter,
        change: impl FnOnce(Value) -> Result<Value, E>,
    ) -> Result<(), E> {
        let at = self.position(key.as_str());
        let value = change(at.map_or(Value::Null, |at| self.take(at)))?;
        self.depth = self.depth.max(level_above(&value)?);
        if let Some(at) = at
            && let WrittenMember::Own(own) = self.members[at]
        {
            self.own[own as usize].1 = value;
            return Ok(());
        }
        meter.build(MEMBER_BYTES)?;
        let new = WrittenMember::Own(self.own.len() as u32);
        match at {
            Some(at) => {
                self.own.push((self.key_text(at), value));
                self.members[at] = new;
            }
            None => {
                self.own.push((key.clone(), value));
                self.members.push(new);
            }
        }
        Ok(())
    }

    /// Removes the members with these keys.
    pub(super) fn remove(&mut self, names: &[&str]) {
        for name in names {
            if let Some(at) = self.position(name) {
                self.take(at);
                self.members.remove(at);
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// Returns the size that counts for a copy.
    pub(super) fn copied_bytes(&self) -> usize {
        let values = self.nested.len() + self.own.len();
        self.members.len() * size_of::<WrittenMember>() + values * MEMBER_BYTES
    }

    pub(super) fn depth(&self) -> u8 {
        self.depth
    }

    /// Returns the length of the text before changes.
    pub(super) fn written_bytes(&self) -> usize {
        self.text.as_str().len()
    }

    /// Returns true if the object can be searched member by member.
    pub(super) fn is_short(&self) -> bool {
        self.members.len() <= MAX_MEMBERS
    }

    /// Builds the values of all members.
    pub(super) fn to_object(&self) -> Object {
        let pairs = (0..self.members.len()).map(|at| (self.key_text(at), self.value(at)));
        Object { members: Members::from_unique(pairs.collect()), depth: self.depth }
    }

    /// Passes the parts of the text to `write`, in the order of the members.
    pub(super) fn write<E>(
        &self,
        mut write: impl FnMut(Written<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let document = self.text.document();
        let text = |start: u32, end: u32| &document[start as usize..end as usize];
        // The text of members that follow each other, without white space between them.
        let mut run: Option<(u32, u32)> = None;
        for member in &self.members {
            if let (Some((_, end)), WrittenMember::Written { key, key_end, value, value_end }) =
                (&mut run, *member)
                && key == *end + 1
                && value == key_end + 1
            {
                *end = value_end;
                continue;
            }
            if let Some((start, end)) = run.take() {
                write(Written::Members(text(start, end)))?;
            }
            match *member {
                WrittenMember::Written { key, key_end, value, value_end }
                    if value == key_end + 1 =>
                {
                    run = Some((key, value_end));
                }
                WrittenMember::Written { key, key_end, value, value_end } => {
                    write(Written::Member(text(key, key_end), text(value, value_end)))?;
                }
                WrittenMember::Own(at) => {
                    let (key, value) = &self.own[at as usize];
                    write(Written::Own(key, value))?;
                }
            }
        }
        match run {
            Some((start, end)) => write(Written::Members(text(start, end))),
            None => Ok(()),
        }
    }
}

/// A part of the text of an object.
#[derive(Clone, Copy, Debug)]
pub(super) enum Written<'o> {
    /// Members with the commas between them.
    Members(&'o str),
    /// A key and a value with white space around the colon.
    Member(&'o str, &'o str),
    /// A member that the filter has set.
    Own(&'o Text, &'o Value),
}

/// Returns true for a key that an object of ranges can hold.
pub(super) fn is_short_key(key: &Text) -> bool {
    key.as_str().len() <= MAX_KEY
}
