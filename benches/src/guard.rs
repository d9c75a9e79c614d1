//! Refuses to time an engine of ours that gives the wrong answer.
//!
//! The judge is C++ OpenCC. Without it (no feature `opencc`) nothing is compared, and the report says so.

use anyhow::{Result, bail};
use tongwen::Config;

use crate::contender::{Contender, Engine, convert};
use crate::texts::cut;

/// What each contender gave, compared with OpenCC's output.
pub(crate) struct Verdict {
    /// Whether there was a judge.
    pub(crate) compared: bool,
    /// Peers with another output and the number of lines in which it differs.
    pub(crate) differing_lines: Vec<(Contender, usize)>,
}

/// Compares the outputs for one text. An error when ours is not OpenCC's; a peer's difference is only noted.
pub(crate) fn compare(config: Config, engines: &[(Contender, Box<dyn Engine>)], text: &str) -> Result<Verdict> {
    let mut verdict = Verdict { compared: false, differing_lines: Vec::new() };
    let Some((_, judge)) = engines.iter().find(|(contender, _)| *contender == Contender::Opencc) else {
        return Ok(verdict);
    };
    verdict.compared = true;
    let expected = convert(&**judge, text);
    for (contender, engine) in engines {
        let found = convert(&**engine, text);
        if found == expected {
            continue;
        }
        // With markers protected our output may rightly differ, where the text holds `-{`.
        if *contender == Contender::Tongwen {
            bail!("{config}: our output is not OpenCC's, so nothing is timed: {}", difference(&expected, &found));
        }
        let (left, right) = (expected.split('\n'), found.split('\n'));
        let lines = left.clone().zip(right.clone()).filter(|(left, right)| left != right).count();
        verdict.differing_lines.push((*contender, lines + left.count().abs_diff(right.count())));
    }
    Ok(verdict)
}

/// The first place where two texts differ, in words.
fn difference(expected: &str, found: &str) -> String {
    let common = expected.bytes().zip(found.bytes()).take_while(|(left, right)| left == right).count();
    let near = |text: &str| -> String {
        let start = cut(text, common.saturating_sub(24)).len();
        text[start..].chars().take(20).collect()
    };
    format!("at byte {common} expected {:?}, found {:?}", near(expected), near(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Replace(&'static str, &'static str);

    impl Engine for Replace {
        fn convert_into(&self, text: &str, output: &mut String) {
            output.push_str(&text.replace(self.0, self.1));
        }
    }

    fn engines(ours: Replace) -> Vec<(Contender, Box<dyn Engine>)> {
        vec![
            (Contender::Tongwen, Box::new(ours)),
            (Contender::Opencc, Box::new(Replace("a", "b"))),
            (Contender::Zhconv, Box::new(Replace("a", "c"))),
        ]
    }

    #[test]
    fn ours_must_agree_and_peers_need_not() {
        let verdict = compare(Config::S2T, &engines(Replace("a", "b")), "xa\nx\na").unwrap();
        assert!(verdict.compared);
        assert_eq!(verdict.differing_lines, [(Contender::Zhconv, 2)]);
        let error = compare(Config::S2T, &engines(Replace("a", "d")), "xa\nx\na").err().unwrap();
        assert!(error.to_string().contains("at byte 1 expected \"xb\\nx\\nb\", found \"xd\\nx\\nd\""), "{error}");
    }

    #[test]
    fn no_judge_no_comparison() {
        let mut engines = engines(Replace("a", "d"));
        engines.remove(1);
        assert!(!compare(Config::S2T, &engines, "a").unwrap().compared);
    }
}
