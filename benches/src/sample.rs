//! Times several tasks against each other so that their ratios hold on a busy machine.
//!
//! A clock on a shared machine drifts: another program starts, the processor slows down. Timing A for a second and then B
//! for a second charges that drift to one of them. Here the tasks take turns, A B C, B C A, C A B, in batches of about equal
//! length, so that whatever happens meets all of them alike.
//!
//! The ratio of two tasks is the median of their ratios within each round, where they ran a moment apart. The figure of one
//! task is the least of three block medians: the rounds are cut into three blocks in order of time; a median is deaf to
//! single interruptions, and the least of three to a disturbance that lasts through a block. The largest of the three over
//! the least is reported as the spread. On a busy machine the quotient of two figures is therefore not their ratio.

use std::hint::black_box;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// Blocks of rounds, each with a median of its own.
const BLOCKS: usize = 3;

/// A thing to be timed.
pub(crate) struct Task<'a> {
    /// What it is, for the report.
    pub(crate) name: String,
    run: Box<dyn FnMut() + 'a>,
}

impl<'a> Task<'a> {
    /// A task that runs `run` once a pass.
    pub(crate) fn new(name: impl Into<String>, run: impl FnMut() + 'a) -> Task<'a> {
        Task { name: name.into(), run: Box::new(run) }
    }
}

/// What the time of a batch is read from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Clock {
    /// The clock on the wall: all that passes, other programs' turns on the processor among it.
    #[default]
    Wall,
    /// The processor time of this thread, for machines with more work than cores. What sharing a core's caches and units
    /// costs is still in it.
    #[cfg(unix)]
    Thread,
}

impl Clock {
    /// Seconds that a piece of work takes.
    fn seconds(self, work: impl FnOnce()) -> f64 {
        match self {
            Clock::Wall => {
                let started = Instant::now();
                work();
                started.elapsed().as_secs_f64()
            }
            #[cfg(unix)]
            Clock::Thread => {
                let started = thread_time();
                work();
                thread_time().saturating_sub(started).as_secs_f64()
            }
        }
    }
}

/// The processor time that this thread has had.
#[cfg(unix)]
fn thread_time() -> Duration {
    use nix::time::{ClockId, clock_gettime};

    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("the clock of the calling thread always exists").into()
}

/// How long to measure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// What to read.
    pub(crate) clock: Clock,
    /// The time that one batch of one task takes at least.
    pub(crate) batch: Duration,
    /// The time for all tasks together, once warm.
    pub(crate) budget: Duration,
    /// Rounds at least, whatever the budget says.
    pub(crate) least_rounds: usize,
}

impl Plan {
    /// About so many seconds for one set of tasks.
    pub(crate) fn seconds(seconds: f64, clock: Clock) -> Plan {
        Plan { clock, batch: Duration::from_millis(20), budget: Duration::from_secs_f64(seconds), least_rounds: 9 }
    }
}

/// What was measured of one task: seconds a pass.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Figure {
    /// The least of the block medians.
    pub(crate) seconds: f64,
    /// The shortest batch.
    pub(crate) best: f64,
    /// The largest block median over the least; 1.0 is a quiet machine.
    pub(crate) spread: f64,
    /// Each batch, in order of time.
    pub(crate) rounds: Vec<f64>,
}

impl Figure {
    /// Sums up the batches of one task, given in order of time. Takes at least one.
    pub(crate) fn of(times: Vec<f64>) -> Figure {
        let block = times.len().div_ceil(BLOCKS).max(1);
        let medians: Vec<f64> = times.chunks(block).map(median).collect();
        let least = medians.iter().copied().fold(f64::INFINITY, f64::min);
        let most = medians.iter().copied().fold(0.0, f64::max);
        let best = times.iter().copied().fold(f64::INFINITY, f64::min);
        Figure { seconds: least, best, spread: most / least, rounds: times }
    }

    /// How many times as long this task took as another of the same run.
    pub(crate) fn over(&self, other: &Figure) -> f64 {
        let ratios: Vec<f64> = self.rounds.iter().zip(&other.rounds).map(|(own, other)| own / other).collect();
        median(&ratios)
    }

    /// Millions of bytes a second, for a pass over so many bytes.
    pub(crate) fn megabytes(&self, bytes: usize) -> f64 {
        bytes as f64 / self.seconds / 1e6
    }

    /// Nanoseconds a call, for a pass of so many calls.
    pub(crate) fn nanoseconds(&self, calls: usize) -> f64 {
        self.seconds * 1e9 / calls as f64
    }
}

/// The middle value, or the mean of the two in the middle. Takes at least one.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

/// Times the tasks in turns and gives their figures in the order of the tasks.
pub(crate) fn interleave(tasks: &mut [Task<'_>], plan: Plan) -> Vec<Figure> {
    // The first pass fills caches and buffers and makes lazy tables; the second says how many passes fill a batch.
    let passes: Vec<usize> = tasks
        .iter_mut()
        .map(|task| {
            time(task, 1, plan.clock);
            let once = time(task, 1, plan.clock);
            (plan.batch.as_secs_f64() / once.max(1e-9)).ceil().clamp(1.0, 1e6) as usize
        })
        .collect();

    let mut times = vec![Vec::new(); tasks.len()];
    let started = Instant::now();
    let mut round = 0;
    while round < plan.least_rounds || (started.elapsed() < plan.budget && round < 300) {
        for turn in 0..tasks.len() {
            let index = (turn + round) % tasks.len();
            times[index].push(time(&mut tasks[index], passes[index], plan.clock));
        }
        round += 1;
    }
    times.into_iter().map(Figure::of).collect()
}

/// The seconds that one pass takes, measured over so many.
fn time(task: &mut Task<'_>, passes: usize, clock: Clock) -> f64 {
    let seconds = clock.seconds(|| {
        for _ in 0..passes {
            (task.run)();
            black_box(());
        }
    });
    seconds / passes as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_of_odd_and_even() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn a_disturbed_block_does_not_count() {
        let figure = Figure::of(vec![9.0, 9.0, 9.0, 1.0, 1.0, 9.0, 2.0, 2.0, 2.0]);
        assert_eq!(figure.seconds, 1.0);
        assert_eq!(figure.spread, 9.0);
        assert_eq!(figure.rounds.len(), 9);
    }

    #[test]
    fn a_ratio_is_taken_within_rounds() {
        // The machine slows down threefold after the first round; the ratio does not notice.
        let (slow, fast) = (Figure::of(vec![2.0, 6.0, 6.0]), Figure::of(vec![1.0, 3.0, 3.0]));
        assert_eq!(slow.over(&fast), 2.0);
    }

    #[cfg(unix)]
    #[test]
    fn sleep_takes_no_processor_time() {
        let nap = || std::thread::sleep(Duration::from_millis(20));
        assert!(Clock::Wall.seconds(nap) >= 0.02);
        assert!(Clock::Thread.seconds(nap) < 0.02);
    }

    #[test]
    fn every_task_gets_every_round() {
        let (mut first, mut second) = (0, 0);
        let plan = Plan { clock: Clock::Wall, batch: Duration::ZERO, budget: Duration::ZERO, least_rounds: 4 };
        let figures = interleave(&mut [Task::new("a", || first += 1), Task::new("b", || second += 1)], plan);
        assert!(figures.iter().all(|figure| figure.rounds.len() == 4));
        // Two passes to warm up, then at least one a round.
        assert!(first >= 6 && second >= 6);
    }
}
