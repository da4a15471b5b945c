use std::{collections::BTreeMap, sync::Arc};

use futures_util::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt};

use super::answering::parse;
use crate::{delivery_stream::ErrorLine, store::faulty::FaultyStore};

/// The number of times that each user record is in the objects of a delivery stream. The key is the
/// position and the index of the user record.
pub(super) type Stored = BTreeMap<(usize, usize), u64>;

/// Returns the user records in the objects of a delivery stream.
pub(super) async fn stored(objects: &Arc<FaultyStore>, stream: &str) -> Stored {
    let mut stored = Stored::new();
    let listed: Vec<_> = objects.list(Some(&stream.into())).try_collect().await.unwrap();
    for object in listed {
        let content = objects.get(&object.location).await.unwrap().bytes().await.unwrap();
        let is_bad = object.location.as_ref().starts_with(&format!("{stream}/bad/"));
        let lines = content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        for line in lines {
            let key = match is_bad {
                true => parse(&ErrorLine::parse(line).unwrap().raw_data),
                false => parse(line),
            };
            *stored.entry(key).or_default() += 1;
        }
    }
    stored
}
