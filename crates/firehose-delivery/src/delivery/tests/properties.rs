use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use object_store::{ObjectStore, memory::InMemory};
use proptest::prelude::*;

use super::{
    contents::{count, index, read},
    delivered::{Delivered, deliver_all},
    scripted_function::{Fate, ScriptedFunction, fates},
    settings::settings,
};
use crate::store::faulty::{Fault, FaultyStore};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_answers_alone_determine_the_objects(
        mut settings in settings(),
        fates in fates(),
        errors in 0..4_u64,
        user_records in 1..6_usize,
        stop in prop::option::of(0..40_u64),
    ) {
        settings.user_records = user_records;
        settings.stop = stop.map(Duration::from_millis);
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let function = ScriptedFunction::new(&fates, errors);
        let delivered = deliver_all(&settings, Arc::clone(&function), &store);
        let Delivered { stats, input, objects } = delivered;

        let (mut good, mut bad) = read(&settings, &objects);

        // Only the records that were read before the stop count.
        let last_read = usize::try_from(input.last_read).unwrap();
        let fates = &fates[..fates.len().min(last_read * user_records)];
        prop_assert!(stop.is_some() || input.read_to_end);

        // The expected outputs and originals follow from the answers alone.
        let (mut wanted_good, mut wanted_bad) = (BTreeMap::new(), BTreeMap::new());
        let mut dropped = 0;
        let mut received = 0;
        for (index, fate) in fates.iter().enumerate() {
            if settings.refuses((index / user_records) as u64 + 1) {
                continue;
            }
            received += 1;
            let bad_key = match fate {
                Fate::Ok { output, key } => {
                    let folder = match (settings.partitioned, key) {
                        (false, _) => {
                            // The prefix has no expressions, so Firehose appends the hour.
                            Some("good/1970/01/01/00".to_owned())
                        }
                        (true, Some(key)) => Some(format!("good/{key}")),
                        (true, None) => None,
                    };
                    match folder {
                        Some(folder) => {
                            let outputs: &mut Vec<String> = wanted_good.entry(folder).or_default();
                            outputs.push(output.clone());
                            continue;
                        }
                        None => "bad/dynamic-partitioning-failed DynamicPartitioning.MetadataExtractionFailed",
                    }
                }
                Fate::Dropped => {
                    dropped += 1;
                    continue;
                }
                Fate::Failed => "bad/processing-failed Lambda.ProcessingFailedStatus",
            };
            let failed: &mut Vec<String> = wanted_bad.entry(bad_key.to_owned()).or_default();
            failed.push(index.to_string());
        }
        for all in [&mut good, &mut bad, &mut wanted_good, &mut wanted_bad] {
            all.values_mut().for_each(|values| values.sort());
        }
        prop_assert_eq!(&good, &wanted_good);
        prop_assert_eq!(&bad, &wanted_bad);
        prop_assert_eq!(stats.received, received);
        let refused = (1..=input.last_read).filter(|position| settings.refuses(*position)).count();
        prop_assert_eq!(input.refused, refused as u64);
        prop_assert_eq!(stats.delivered, count(&good));
        prop_assert_eq!(stats.dropped, dropped);
        prop_assert_eq!(stats.failed(), count(&bad));
        prop_assert_eq!(stats.not_delivered(), 0);
        prop_assert_eq!(stats.objects.count, objects.len() as u64);
        prop_assert!(function.most_running.load(Ordering::Relaxed) <= settings.concurrency as u64);
    }

    #[test]
    fn every_record_has_one_outcome_if_the_store_fails(
        settings in settings(),
        fates in fates(),
        puts in 0..6_u64,
    ) {
        let fault = move |nth| if nth > puts { Fault::Full } else { Fault::None };
        let store: Arc<dyn ObjectStore> = FaultyStore::new(fault);
        let delivered = deliver_all(&settings, ScriptedFunction::new(&fates, 0), &store);
        let Delivered { stats, objects, .. } = delivered;
        let (good, bad) = read(&settings, &objects);

        // The store has exactly the counted objects.
        prop_assert_eq!(objects.len() as u64, stats.objects.count);
        prop_assert!(stats.objects.count <= puts);
        prop_assert_eq!(stats.delivered, count(&good));
        prop_assert_eq!(stats.failed(), count(&bad));
        // Each record has one outcome: it is in an object, dropped or undelivered.
        let undelivered = &stats.undelivered;
        prop_assert_eq!(stats.not_delivered(), undelivered.records());
        prop_assert!(stats.store_failed || undelivered.records() == 0);
        let is_undelivered = |index: u64| {
            let position = index + 1;
            undelivered.contains(position)
        };
        let stored: Vec<u64> = good
            .values()
            .flatten()
            .map(|output| index(output))
            .chain(bad.values().flatten().map(|raw| raw.parse().unwrap()))
            .collect();
        prop_assert!(!stored.iter().any(|index| is_undelivered(*index)));
        let listed: u64 = undelivered.ranges().map(|(first, last)| last - first + 1).sum();
        prop_assert_eq!(listed, undelivered.records());
        prop_assert_eq!(stats.received, stored.len() as u64 + stats.dropped + listed);
        prop_assert!(stats.received <= fates.len() as u64);
    }

    /// [`deliver_all`] compares the events with the stats.
    #[test]
    fn events_add_up_to_the_stats_if_the_function_or_the_store_fails(
        mut settings in settings(),
        fates in fates(),
        errors in 0..5_u64,
        user_records in 1..6_usize,
        stop in prop::option::of(0..40_u64),
        puts in 0..12_u64,
    ) {
        settings.user_records = user_records;
        settings.stop = stop.map(Duration::from_millis);
        let fault = move |nth| if nth > puts { Fault::Full } else { Fault::None };
        let store: Arc<dyn ObjectStore> = FaultyStore::new(fault);
        let delivered = deliver_all(&settings, ScriptedFunction::new(&fates, errors), &store);
        prop_assert!(!delivered.stats.is_unbalanced());
    }
}
