//! Documents put together from sentences that people wrote.
//!
//! A converter may be right on every file of a corpus and wrong where other text would follow, so the sentences do not stay in
//! their order: the corpus is cut after sentence marks and line ends, short runs of sentences are shuffled, and documents of very
//! different lengths are glued from them, half of the joins without a line end. With the same corpus and seed the documents
//! are the same.

use std::path::Path;

use tongwen_tests::random::Random;

use crate::corpus;
use crate::problem::Result;

/// Documents are from this long to [`LONGEST`], in bytes.
const SHORTEST: usize = 100;
/// Longer than any block or buffer of an engine.
const LONGEST: usize = 4_000_000;
/// Sentences that stay together.
const LONGEST_RUN: usize = 8;

/// Documents of `bytes` bytes in all, from the texts of a folder.
pub(super) fn documents(folder: &Path, bytes: usize, seed: u64) -> Result<Vec<String>> {
    let texts: Vec<String> = corpus::read(folder, "")?.into_iter().map(|text| text.text).collect();
    Ok(glue(&texts, bytes, seed))
}

fn glue(texts: &[String], bytes: usize, seed: u64) -> Vec<String> {
    let texts: Vec<String> = texts.iter().map(|text| text.replace('\0', "")).collect();
    let mut random = Random::new(seed);
    let mut documents = Vec::new();
    let mut document = String::new();
    let mut limit = length(&mut random).min(bytes);
    let mut made = 0;
    while made < bytes {
        let mut runs = runs(&texts, &mut random);
        random.shuffle(&mut runs);
        // Where the corpus is smaller than what is asked for, its sentences come again, in another order.
        for run in runs {
            document.push_str(run.trim_matches('\n'));
            if random.percent(50) {
                document.push('\n');
            }
            if document.len() >= limit {
                made += document.len();
                documents.push(std::mem::take(&mut document));
                if made >= bytes {
                    break;
                }
                limit = length(&mut random).min(bytes - made);
            }
        }
        if made == 0 && document.is_empty() {
            break;
        }
    }
    documents
}

/// Every order of magnitude is equally likely, so that short documents are many and long ones hold most of the text.
fn length(random: &mut Random) -> usize {
    let doublings = (LONGEST / SHORTEST).ilog2() as usize;
    let least = SHORTEST << random.below(doublings + 1);
    random.between(least, (2 * least).min(LONGEST))
}

fn runs<'a>(texts: &'a [String], random: &mut Random) -> Vec<&'a str> {
    let mut runs = Vec::new();
    for text in texts {
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let sentences = random.between(1, LONGEST_RUN);
            let ends = rest.match_indices(['。', '！', '？', '\n']).map(|(start, mark)| start + mark.len());
            let end = ends.take(sentences).last().unwrap_or(rest.len());
            runs.push(&rest[..end]);
            rest = &rest[end..];
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Vec<String> {
        vec!["甲乙。丙丁！\n戊己".to_string(), "庚辛？\n壬\0癸\n".to_string()]
    }

    #[test]
    fn runs_partition_their_texts() {
        let texts = texts();
        let runs = runs(&texts, &mut Random::new(1));
        assert_eq!(runs.concat(), texts.concat());
        assert!(runs.len() > 2);
    }

    #[test]
    fn documents_reach_the_size_and_depend_on_the_seed_alone() {
        let documents = glue(&texts(), 10_000, 5);
        let bytes: usize = documents.iter().map(String::len).sum();
        assert!((10_000..10_200).contains(&bytes), "{bytes}");
        assert_eq!(documents, glue(&texts(), 10_000, 5));
        assert_ne!(documents, glue(&texts(), 10_000, 6));
        assert!(!documents.concat().contains('\0'));
    }

    #[test]
    fn nothing_comes_from_nothing() {
        assert!(glue(&[], 10_000, 5).is_empty());
    }
}
