use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{
    super::{run_positions::RunPositions, run_report::RunReport, run_summary::RunSummary},
    answering::{Answer, Item},
    model::{Model, model},
    plan::{Plan, plan},
    stored::Stored,
};

impl Model {
    /// Checks the positions of a report against the objects of its run.
    fn check(
        &self,
        plan: &Plan,
        report: &RunReport,
        earlier: Option<&RunPositions>,
        stored: &[Stored; 2],
    ) -> Result<(), TestCaseError> {
        let may_panic = plan.panic.is_some();
        prop_assert!(report.is_abandoned || may_panic || !report.is_faulty());
        let last_read = usize::try_from(report.input.last_read).unwrap();
        for (stream, stored) in report.streams.iter().zip(stored) {
            let has_function = stream.name == "first";
            let has_panicked =
                report.is_faulty() && plan.panic.is_some_and(|panic| panic.stream == stream.name);
            let is_unsure = report.is_abandoned || has_panicked;
            for (item, position) in self.items.iter().zip(1..) {
                let number = position as u64;
                let earlier = earlier.map(|earlier| earlier.wanted(&stream.name).unwrap());
                let is_wanted = earlier.is_none_or(|wanted| wanted.contains(number));
                let is_read = position <= last_read;
                let is_listed = stream.stats.undelivered.contains(number);
                prop_assert_eq!(stream.not_read.contains(number), is_wanted && !is_read);
                let answers = item.answers().iter().enumerate();
                let is_stored = |index| stored.contains_key(&(position, index));
                prop_assert!(
                    is_wanted && is_read || !answers.clone().any(|(index, _)| is_stored(index))
                );
                let is_dropped = |answer| has_function && answer == Answer::Dropped;
                let is_missing = answers
                    .clone()
                    .any(|(index, answer)| !is_dropped(*answer) && !is_stored(index));
                prop_assert!(
                    is_listed || !(is_wanted && is_read && is_missing),
                    "{} is lost",
                    position
                );
                // The function may not have answered a record that it would drop.
                let may_be_unknown = answers.clone().any(|(_, answer)| is_dropped(*answer));
                let may_be_listed =
                    is_wanted && is_read && (is_missing || may_be_unknown || is_unsure);
                prop_assert!(!is_listed || may_be_listed, "{} is listed", position);
            }
        }
        Ok(())
    }

    /// Checks the number of objects that have each user record, after all runs.
    fn check_all(&self, all: &[Stored; 2], plans: &[Plan]) -> Result<(), TestCaseError> {
        let is_once = plans.iter().all(Plan::is_once);
        let is_exact = plans.iter().all(Plan::is_exact);
        for (stream, stored) in self.streams().iter().zip(all) {
            let mut expected = BTreeSet::new();
            for (item, position) in self.items.iter().zip(1..) {
                for (index, answer) in item.answers().iter().enumerate() {
                    if *stream == "first" && *answer == Answer::Dropped {
                        continue;
                    }
                    expected.insert((position, index));
                    let times = stored.get(&(position, index)).copied().unwrap_or_default();
                    prop_assert!(times >= 1, "{}: {}.{} is lost", stream, position, index);
                    let is_aggregate = matches!(item, Item::Aggregate(_));
                    if is_exact || is_once && !is_aggregate {
                        prop_assert_eq!(times, 1, "{}: {}.{}", stream, position, index);
                    }
                }
            }
            prop_assert!(stored.keys().all(|key| expected.contains(key)));
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn resuming_after_any_end_loses_no_record(
        model in model(),
        plans in prop::collection::vec(plan(), 1..4),
    ) {
        let mut earlier: Option<RunPositions> = None;
        let mut all = [Stored::new(), Stored::new()];
        for plan in plans.iter().chain([&Plan::default()]) {
            let (report, stored) = model.run(plan, earlier.clone());
            model.check(plan, &report, earlier.as_ref(), &stored)?;
            for (all, stored) in all.iter_mut().zip(stored) {
                stored.into_iter().for_each(|(key, times)| *all.entry(key).or_default() += times);
            }
            let summary = serde_json::to_vec(&RunSummary::from(&report)).unwrap();
            let positions = RunPositions::read(summary.as_slice()).unwrap();
            prop_assert_eq!(&positions, &RunPositions::from(&report));
            earlier = Some(positions);
        }
        prop_assert!(earlier.unwrap().is_empty());
        model.check_all(&all, &plans)?;
    }
}
