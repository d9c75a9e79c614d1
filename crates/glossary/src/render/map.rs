//! A map of points as SVG: plain, small, in the colours of the page.
//!
//! Degrees are drawn as they are, those of longitude narrowed by the cosine of the middle latitude: right enough for a map of a region, and easily
//! checked against the graticule. The map is cut to its points. Points that fall together are one; each has its label at the first of
//! the places around it (to the right, left, above, below, the corners; then farther, with a line) at which it overlaps least.
//!
//! # Cost
//!
//! Every label is held against every other: some hundreds of points are no matter.

use super::html::escape;

/// Units of the drawing: about pixels.
const WIDTH: f64 = 800.0;
const MARGIN: f64 = 26.0;
const FONT: f64 = 13.0;
/// Points nearer than this are one.
const TOGETHER: f64 = 4.0;
/// The least that a map shows, in degrees of latitude.
const LEAST: f64 = 3.0;

/// A place on the map.
#[derive(Clone)]
pub(super) struct Point {
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    pub(super) label: String,
    /// What a click leads to.
    pub(super) target: String,
    /// The place itself, or only the seat of the unit of today.
    pub(super) known: Known,
    /// What is placed first.
    pub(super) rank: u8,
}

/// How well the position is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Known {
    Place,
    Seat,
    /// No place of the text, but something to find one's way by.
    Landmark,
}

#[derive(Clone, Copy)]
struct Rectangle {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Rectangle {
    fn overlap(&self, other: &Rectangle) -> f64 {
        let width = self.right.min(other.right) - self.left.max(other.left);
        let height = self.bottom.min(other.bottom) - self.top.max(other.top);
        if width > 0.0 && height > 0.0 { width * height } else { 0.0 }
    }

    fn area(&self) -> f64 {
        (self.right - self.left) * (self.bottom - self.top)
    }

    fn around(x: f64, y: f64, radius: f64) -> Rectangle {
        Rectangle { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius }
    }
}

/// What the map shows, and where on the drawing.
struct Frame {
    west: f64,
    north: f64,
    east: f64,
    south: f64,
    /// Drawing units for a degree of longitude, of latitude.
    scale: [f64; 2],
    height: f64,
}

impl Frame {
    fn of(points: &[Point]) -> Frame {
        let edge = |pick: fn(f64, f64) -> f64, of: fn(&Point) -> f64| points.iter().map(of).reduce(pick).unwrap_or(0.0);
        let (mut south, mut north) = (edge(f64::min, |p| p.latitude), edge(f64::max, |p| p.latitude));
        let (mut west, mut east) = (edge(f64::min, |p| p.longitude), edge(f64::max, |p| p.longitude));
        let narrow = (f64::midpoint(south, north).to_radians()).cos().max(0.2);
        let (mut tall, mut wide) = ((north - south) * 1.2, (east - west) * 1.15 * narrow);
        tall = tall.max(LEAST);
        // Between a square and twice as wide as tall.
        wide = wide.max(tall);
        tall = tall.max(wide / 2.0);
        let (middle_latitude, middle_longitude) = (f64::midpoint(south, north), f64::midpoint(west, east));
        (south, north) = (middle_latitude - tall / 2.0, middle_latitude + tall / 2.0);
        (west, east) = (middle_longitude - wide / narrow / 2.0, middle_longitude + wide / narrow / 2.0);
        let unit = (WIDTH - 2.0 * MARGIN) / wide;
        Frame { west, north, east, south, scale: [unit * narrow, unit], height: tall * unit + 2.0 * MARGIN }
    }

    fn place(&self, latitude: f64, longitude: f64) -> [f64; 2] {
        [MARGIN + (longitude - self.west) * self.scale[0], MARGIN + (self.north - latitude) * self.scale[1]]
    }

    fn shows(&self, point: &Point) -> bool {
        (self.west..self.east).contains(&point.longitude) && (self.south..self.north).contains(&point.latitude)
    }

    fn inside(&self) -> Rectangle {
        Rectangle { left: MARGIN, top: MARGIN, right: WIDTH - MARGIN, bottom: self.height - MARGIN }
    }
}

/// A point with its label placed.
struct Placed<'a> {
    point: &'a Point,
    label: String,
    at: [f64; 2],
    label_box: Rectangle,
    line: bool,
}

/// The points among which most lie, where a few far away make the map of all too small for them: those within two and a half times the usual distance from
/// the middle, if these are at least five and half of all, and take less than four tenths of the map.
pub(super) fn core(points: &[Point]) -> Option<Vec<Point>> {
    let middle = |of: fn(&Point) -> f64| {
        let mut values: Vec<f64> = points.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    };
    let (latitude, longitude) = (middle(|point| point.latitude)?, middle(|point| point.longitude)?);
    let distance = |point: &Point| (point.latitude - latitude).hypot(point.longitude - longitude);
    let mut distances: Vec<f64> = points.iter().map(distance).collect();
    distances.sort_by(f64::total_cmp);
    let usual = distances[distances.len() / 2];
    let near: Vec<Point> = points.iter().filter(|point| distance(point) <= usual * 2.5).cloned().collect();
    let (whole, part) = (Frame::of(points), Frame::of(&near));
    let smaller = part.east - part.west < 0.4 * (whole.east - whole.west);
    (near.len() >= 5 && near.len() * 2 >= points.len() && smaller).then_some(near)
}

/// The map; empty when there is no point. `landmarks` are shown as far as they are on the map and cover nothing.
pub(super) fn map(points: &[Point], landmarks: &[Point], title: &str) -> String {
    if points.is_empty() {
        return String::new();
    }
    let frame = Frame::of(points);
    let placed = place_labels(points, landmarks, &frame);
    let height = frame.height.round();
    let mut svg =
        format!("<svg class=\"map\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">\n", escape(title));
    svg.push_str(&graticule(&frame));
    for known in [Known::Landmark, Known::Seat, Known::Place] {
        for item in placed.iter().filter(|item| item.point.known == known) {
            svg.push_str(&drawn(item));
        }
    }
    svg + "</svg>\n"
}

/// Meridians and parallels with their degrees.
fn graticule(frame: &Frame) -> String {
    let step =
        |extent: f64| [1.0, 2.0, 5.0, 10.0, 20.0, 30.0].into_iter().find(|step| extent / step <= 8.0).unwrap_or(45.0);
    let steps = |low: f64, high: f64| {
        let step = step(high - low);
        let (first, last) = ((low / step).ceil() as i32, (high / step).floor() as i32);
        (first..=last).map(move |number| f64::from(number) * step)
    };
    let inside = frame.inside();
    let mut lines = String::from("<g class=\"grid\">\n");
    for longitude in steps(frame.west, frame.east) {
        let [x, _] = frame.place(0.0, longitude);
        let name = degrees(longitude, ["°E", "°W"]);
        lines.push_str(&format!("<path d=\"M{x:.1} {:.1}V{:.1}\"/>", inside.top, inside.bottom));
        lines.push_str(&format!(
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{name}</text>\n",
            inside.bottom + 15.0
        ));
    }
    for latitude in steps(frame.south, frame.north) {
        let [_, y] = frame.place(latitude, 0.0);
        let name = degrees(latitude, ["°N", "°S"]);
        lines.push_str(&format!("<path d=\"M{:.1} {y:.1}H{:.1}\"/>", inside.left, inside.right));
        lines.push_str(&format!("<text x=\"{:.1}\" y=\"{:.1}\">{name}</text>\n", inside.left + 3.0, y - 3.0));
    }
    let (width, height) = (inside.right - inside.left, inside.bottom - inside.top);
    lines + &format!("<rect x=\"{MARGIN}\" y=\"{MARGIN}\" width=\"{width:.1}\" height=\"{height:.1}\"/>\n</g>\n")
}

fn degrees(degrees: f64, [positive, negative]: [&str; 2]) -> String {
    // East of the date line longitudes go on past 180.
    let degrees = if degrees > 180.0 { degrees - 360.0 } else { degrees };
    format!("{}{}", degrees.abs(), if degrees < 0.0 { negative } else { positive })
}

/// Characters of the width of a letter count half.
fn width(label: &str) -> f64 {
    label.chars().map(|character| if character.is_ascii() { 0.56 } else { 1.0 }).sum::<f64>() * FONT
}

fn place_labels<'a>(points: &'a [Point], landmarks: &'a [Point], frame: &Frame) -> Vec<Placed<'a>> {
    let mut groups: Vec<(&Point, Vec<&str>, [f64; 2])> = Vec::new();
    let mut sorted: Vec<&Point> = points.iter().collect();
    sorted.sort_by_key(|point| (point.known, std::cmp::Reverse(point.rank)));
    for point in sorted {
        let at = frame.place(point.latitude, point.longitude);
        let near = |other: &[f64; 2]| (other[0] - at[0]).hypot(other[1] - at[1]) < TOGETHER;
        match groups.iter_mut().find(|(_, _, other)| near(other)) {
            Some((_, labels, _)) if labels.contains(&point.label.as_str()) => {}
            Some((_, labels, _)) => labels.push(&point.label),
            None => groups.push((point, vec![&point.label], at)),
        }
    }
    let marks: Vec<Rectangle> = groups.iter().map(|(.., at)| Rectangle::around(at[0], at[1], 5.0)).collect();
    let mut placed: Vec<Placed<'a>> = Vec::new();
    for (point, labels, at) in groups {
        let label =
            labels.iter().take(3).copied().collect::<Vec<_>>().join("、") + if labels.len() > 3 { "等" } else { "" };
        let (label_box, line, _) = best(&label, at, &marks, &placed, frame);
        placed.push(Placed { point, label, at, label_box, line });
    }
    for point in landmarks.iter().filter(|point| frame.shows(point)) {
        let at = frame.place(point.latitude, point.longitude);
        let (label_box, line, overlap) = best(&point.label, at, &marks, &placed, frame);
        let covers = marks.iter().any(|mark| mark.overlap(&Rectangle::around(at[0], at[1], 8.0)) > 0.0);
        if !line && overlap == 0.0 && !covers {
            placed.push(Placed { point, label: point.label.clone(), at, label_box, line });
        }
    }
    placed
}

/// The best place for a label, whether it needs a line, and how much it covers there.
fn best(
    label: &str,
    [x, y]: [f64; 2],
    marks: &[Rectangle],
    placed: &[Placed<'_>],
    frame: &Frame,
) -> (Rectangle, bool, f64) {
    let (wide, tall) = (width(label), FONT * 1.15);
    let inside = frame.inside();
    let mut found: Option<(f64, Rectangle, bool, f64)> = None;
    for (ring, distance) in [7.0, 16.0, 28.0, 42.0].into_iter().enumerate() {
        let sides: [(f64, f64); 8] =
            [(1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (0.8, -0.8), (0.8, 0.8), (-0.8, -0.8), (-0.8, 0.8)];
        for (order, (right, down)) in sides.into_iter().enumerate() {
            let centre_x = x + right * distance + right.signum() * if right == 0.0 { 0.0 } else { wide / 2.0 };
            let centre_y = y + down * (distance + tall / 2.0);
            let candidate = Rectangle {
                left: centre_x - wide / 2.0,
                top: centre_y - tall / 2.0,
                right: centre_x + wide / 2.0,
                bottom: centre_y + tall / 2.0,
            };
            let outside = candidate.area() - candidate.overlap(&inside);
            let covered: f64 = placed.iter().map(|other| other.label_box.overlap(&candidate)).sum::<f64>()
                + marks.iter().map(|mark| mark.overlap(&candidate)).sum::<f64>();
            let cost = covered * 4.0 + outside * 6.0 + ring as f64 * 60.0 + order as f64;
            if found.as_ref().is_none_or(|(least, ..)| cost < *least) {
                found = Some((cost, candidate, ring > 0, covered + outside));
            }
        }
    }
    found.map_or((Rectangle::around(x, y, 0.0), false, 0.0), |(_, label_box, line, covered)| (label_box, line, covered))
}

fn drawn(item: &Placed<'_>) -> String {
    let ([x, y], label_box) = (item.at, item.label_box);
    let (class, radius) = match item.point.known {
        Known::Place => ("place", 3.5),
        Known::Seat => ("seat", 3.5),
        Known::Landmark => ("landmark", 1.5),
    };
    let mut drawing = String::new();
    if item.line {
        let end_x = x.clamp(label_box.left, label_box.right);
        let end_y = y.clamp(label_box.top, label_box.bottom);
        drawing.push_str(&format!("<path class=\"line\" d=\"M{x:.1} {y:.1}L{end_x:.1} {end_y:.1}\"/>"));
    }
    drawing.push_str(&format!("<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\"/>"));
    let baseline = label_box.bottom - FONT * 0.28;
    drawing.push_str(&format!(
        "<text class=\"{class}\" x=\"{:.1}\" y=\"{baseline:.1}\">{}</text>",
        label_box.left,
        escape(&item.label)
    ));
    match item.point.target.as_str() {
        "" => drawing + "\n",
        target => format!("<a href=\"#{}\">{drawing}</a>\n", escape(target)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(latitude: f64, longitude: f64, label: &str) -> Point {
        Point { latitude, longitude, label: label.to_string(), target: String::new(), known: Known::Place, rank: 5 }
    }

    #[test]
    fn points_lie_on_the_drawing_and_labels_apart() {
        let points: Vec<Point> =
            (0..40).map(|n| point(30.0 + f64::from(n % 8) * 1.7, 80.0 + f64::from(n / 8) * 6.0, "古牧地")).collect();
        let frame = Frame::of(&points);
        let placed = place_labels(&points, &[], &frame);
        assert_eq!(placed.len(), points.len());
        let whole = Rectangle { left: 0.0, top: 0.0, right: WIDTH, bottom: frame.height };
        for (index, item) in placed.iter().enumerate() {
            assert!(Rectangle::around(item.at[0], item.at[1], 0.1).overlap(&whole) > 0.0);
            assert!((item.label_box.overlap(&whole) - item.label_box.area()).abs() < 0.1, "{}", item.label);
            let clear = placed[..index].iter().all(|other| other.label_box.overlap(&item.label_box) == 0.0);
            assert!(clear, "label {index} covers another");
        }
    }

    #[test]
    fn what_falls_together_is_one_point() {
        let points = [point(43.8, 87.6, "迪化"), point(43.8, 87.6, "紅廟子"), point(44.0, 89.6, "古城")];
        let svg = map(&points, &[], "map");
        assert!(svg.contains(">迪化、紅廟子<") && svg.matches("<circle").count() == 2, "{svg}");
        assert_eq!(map(&[], &points, "map"), "");
    }

    #[test]
    fn a_map_of_its_own_for_most() {
        let mut points: Vec<Point> = (0..8).map(|n| point(43.0 + f64::from(n) * 0.3, 87.0, "a")).collect();
        assert!(core(&points).is_none());
        points.push(point(37.5, 127.0, "far"));
        assert_eq!(core(&points).unwrap().len(), 8);
        assert!(core(&[]).is_none());
    }

    #[test]
    fn one_point_has_a_map_around_it() {
        let svg = map(&[point(43.8, 87.6, "a<b")], &[point(0.0, 0.0, "far")], "\"");
        assert!(svg.contains("a&lt;b") && svg.contains("°N") && svg.contains("°E") && !svg.contains("far"), "{svg}");
        assert!(svg.contains("aria-label=\"&quot;\""));
    }
}
