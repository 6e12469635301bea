//! A score over time, as a drawing.

use askama::Template;
use askama::filters::HtmlSafe;
use jiff::Timestamp;

use super::format;

/// Size of the drawing's own coordinates; the page stretches them.
const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 140.0;
/// Space above and below the line, for its own width and the dots.
const MARGIN: f64 = 6.0;
/// Fewest points of the score between top and bottom: a drawing that fills its height with noise misleads.
const SMALLEST_RANGE: f64 = 5.0;
/// Most points drawn.
const MOST_POINTS: usize = 120;

/// A score over time.
#[derive(Debug, Template)]
#[template(path = "trend.html")]
pub(super) struct Trend {
    line: String,
    area: String,
    dots: Vec<Dot>,
    top: String,
    bottom: String,
    from: String,
    to: String,
    summary: String,
}

/// The template escapes every text.
impl HtmlSafe for Trend {}

#[derive(Debug)]
struct Dot {
    path: String,
    when: String,
    score: String,
}

impl Trend {
    /// The trend of these scores, oldest first; none where fewer than two points would be drawn.
    pub(super) fn of(points: &[(Timestamp, f64)]) -> Option<Self> {
        let points = thinned(points);
        let (first, last) = (points.first()?, points.last()?);
        if points.len() < 2 {
            return None;
        }
        let (bottom, top) = range(&points);
        let begin = first.0.as_millisecond() as f64;
        let length = (last.0.as_millisecond() as f64 - begin).max(1.0);
        let place = |(at, score): &(Timestamp, f64)| {
            let x = (at.as_millisecond() as f64 - begin) / length * (WIDTH - 2.0 * MARGIN) + MARGIN;
            let y = HEIGHT - MARGIN - (score - bottom) / (top - bottom) * (HEIGHT - 2.0 * MARGIN);
            format!("{x:.1} {y:.1}")
        };
        let places: Vec<String> = points.iter().map(place).collect();
        let line = format!("M{}", places.join("L"));
        let area = format!("{line}V{HEIGHT}H{MARGIN}Z");
        let dots = points
            .iter()
            .zip(&places)
            .map(|(point, place)| Dot {
                path: format!("M{place}h0"),
                when: format::minute(point.0),
                score: format::score(point.1),
            })
            .collect();
        let (from, to) = format::apart(first.0, last.0);
        Some(Self {
            line,
            area,
            dots,
            top: format!("{top:.0}"),
            bottom: format!("{bottom:.0}"),
            summary: format!("Score from {} ({from}) to {} ({to})", format::score(first.1), format::score(last.1)),
            from,
            to,
        })
    }
}

/// At most so many points as can be told apart: the last of each stretch.
fn thinned(points: &[(Timestamp, f64)]) -> Vec<(Timestamp, f64)> {
    let stretch = points.len().div_ceil(MOST_POINTS).max(1);
    let skip = points.len() % stretch;
    let mut kept: Vec<_> = points.get(..skip).and_then(<[_]>::last).copied().into_iter().collect();
    kept.extend(points[skip..].chunks(stretch).filter_map(<[_]>::last).copied());
    kept
}

/// Bottom and top of the drawing: whole numbers around all scores, within 0 and 100, and not too near each other.
fn range(points: &[(Timestamp, f64)]) -> (f64, f64) {
    let low = points.iter().map(|point| point.1).fold(100.0, f64::min);
    let high = points.iter().map(|point| point.1).fold(0.0, f64::max);
    let missing = (SMALLEST_RANGE - (high - low)).max(0.0) / 2.0;
    let (mut bottom, mut top) = ((low - missing).floor(), (high + missing).ceil());
    if top > 100.0 {
        (bottom, top) = (bottom - (top - 100.0), 100.0);
    }
    if bottom < 0.0 {
        (bottom, top) = (0.0, (top - bottom).min(100.0));
    }
    (bottom, top)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    fn scores(values: &[f64]) -> Vec<(Timestamp, f64)> {
        let begin: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        (0_i64..).zip(values).map(|(hour, value)| (begin + (24 * hour).hours(), *value)).collect()
    }

    #[test]
    fn one_point_is_no_trend() {
        assert!(Trend::of(&[]).is_none());
        assert!(Trend::of(&scores(&[80.0])).is_none());
    }

    #[test]
    fn a_trend_goes_from_left_to_right_and_up_when_the_score_does() {
        let trend = Trend::of(&scores(&[70.0, 75.0, 80.0])).unwrap();
        assert_eq!(trend.line, "M6.0 134.0L300.0 70.0L594.0 6.0");
        assert_eq!((trend.bottom.as_str(), trend.top.as_str()), ("70", "80"));
        assert_eq!(trend.summary, "Score from 70.0 (1 Jan 2026) to 80.0 (3 Jan 2026)");
    }

    #[test]
    fn the_range_is_not_noise_and_stays_within_a_score() {
        assert_eq!(range(&scores(&[100.0, 100.0])), (94.0, 100.0));
        assert_eq!(range(&scores(&[0.2, 0.4])), (0.0, 6.0));
        assert_eq!(range(&scores(&[80.0, 80.2])), (77.0, 83.0));
    }

    #[test]
    fn many_points_are_thinned_and_the_last_is_kept() {
        let many: Vec<f64> = (0..1_000).map(|step| f64::from(step) / 10.0).collect();
        let kept = thinned(&scores(&many));
        assert!(kept.len() <= MOST_POINTS + 1, "{}", kept.len());
        assert!((kept.last().unwrap().1 - 99.9).abs() < 1e-9);
    }
}
