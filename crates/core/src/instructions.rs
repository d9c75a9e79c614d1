//! Which vector instructions the kernels use.
//!
//! A kernel is chosen by what the processor has, so on one machine only the best of them ever runs, and the others go untested and unmeasured there. [`limit`] lowers the
//! choice for a whole process, until the next call: with [`Instructions::Avx2`] a machine with AVX-512 does what one without it does. It cannot raise the choice beyond what the processor has.
//! All kernels give the same bytes, so this is for benchmarks and tests; it is no part of the public API, and no program's surroundings can change it.
//!
//! # Cost
//!
//! The answer is one byte, which is read where instructions were asked for anyway. Asking the processor happens once in a process.

use std::str::FromStr;
use std::sync::atomic::{AtomicU8, Ordering};

/// A set of instructions, each more than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Instructions {
    /// None but those that every processor has.
    Scalar = 1,
    /// NEON, on 64-bit ARM.
    Neon = 2,
    /// AVX2, with BMI1, BMI2 and POPCNT.
    Avx2 = 3,
    /// AVX-512 with VBMI2, beside those.
    Avx512 = 4,
}

impl Instructions {
    /// All that processors of this kind may have, the least first.
    pub const ALL: &[Instructions] = if cfg!(target_arch = "x86_64") {
        &[Instructions::Scalar, Instructions::Avx2, Instructions::Avx512]
    } else if cfg!(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little")) {
        &[Instructions::Scalar, Instructions::Neon]
    } else {
        &[Instructions::Scalar]
    };

    /// The name in reports and arguments.
    pub fn name(self) -> &'static str {
        match self {
            Instructions::Scalar => "scalar",
            Instructions::Neon => "neon",
            Instructions::Avx2 => "avx2",
            Instructions::Avx512 => "avx512",
        }
    }
}

impl FromStr for Instructions {
    type Err = String;

    fn from_str(name: &str) -> Result<Instructions, String> {
        let known = [Instructions::Scalar, Instructions::Neon, Instructions::Avx2, Instructions::Avx512];
        let named = known.into_iter().find(|instructions| instructions.name() == name);
        named.ok_or_else(|| {
            format!("unknown instructions `{name}`; known are {}", known.map(Instructions::name).join(" "))
        })
    }
}

/// Stands for an answer that nobody has asked for yet.
const UNKNOWN: u8 = 0;

static USED: AtomicU8 = AtomicU8::new(UNKNOWN);

/// Uses at most these from now on, in the whole process; gives what is used then.
pub fn limit(most: Instructions) -> Instructions {
    let most = most.min(detected());
    let used = *Instructions::ALL.iter().rev().find(|own| **own <= most).unwrap_or(&Instructions::Scalar);
    USED.store(used as u8, Ordering::Relaxed);
    used
}

/// What is used.
pub fn used() -> Instructions {
    *Instructions::ALL.iter().rev().find(|instructions| are_used(**instructions)).unwrap_or(&Instructions::Scalar)
}

/// Whether these are used, which they are only where the processor has them.
#[inline]
pub(crate) fn are_used(wanted: Instructions) -> bool {
    let used = match USED.load(Ordering::Relaxed) {
        UNKNOWN => ask(),
        used => used,
    };
    used >= wanted as u8
}

#[cold]
fn ask() -> u8 {
    let detected = detected() as u8;
    // If another thread has set a limit meanwhile, that counts.
    match USED.compare_exchange(UNKNOWN, detected, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => detected,
        Err(limited) => limited,
    }
}

#[cfg(target_arch = "x86_64")]
fn detected() -> Instructions {
    let avx2 = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt");
    let avx512 = avx2
        && is_x86_feature_detected!("avx512vbmi2")
        && is_x86_feature_detected!("avx512vbmi")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512f");
    match (avx2, avx512) {
        (_, true) => Instructions::Avx512,
        (true, false) => Instructions::Avx2,
        (false, false) => Instructions::Scalar,
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn detected() -> Instructions {
    *Instructions::ALL.last().expect("there is always the scalar kernel")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for instructions in Instructions::ALL {
            assert_eq!(instructions.name().parse(), Ok(*instructions));
        }
        assert!("sse".parse::<Instructions>().unwrap_err().contains("scalar neon avx2 avx512"));
    }
}
