//! From one variant to another: which configs, one after the other, and which of their entries.
//!
//! Every route has a compiled table of its own, so a conversion is one pass, whatever the route. Most routes are one official config;
//! between Taiwan and Hong Kong OpenCC has none, and the two that meet in its standard forms are fused.

use crate::{Config, Level, Recipe, Script, TofuRisk, Variant};

/// A way from one written standard to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Route {
    /// The config that is applied first.
    pub first: Config,
    /// The config that is applied to the result, if one is. Neither then segments.
    pub then: Option<Config>,
    /// Which entries take part.
    pub keys: Keys,
    /// Whether rare simplified characters are put out.
    pub tofu_risk: TofuRisk,
}

/// Which entries of a config's tables take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keys {
    /// All.
    All,
    /// Those with keys of one character.
    Characters,
}

impl Route {
    /// The route of an official config.
    pub fn of(config: Config, tofu_risk: TofuRisk) -> Route {
        Route { first: config, then: None, keys: Keys::All, tofu_risk }
    }

    /// The route between two variants; `None` where nothing is to be done.
    pub fn between(from: Variant, to: Variant, level: Level, tofu_risk: TofuRisk) -> Option<Route> {
        let phrases = level == Level::Phrases;
        let (first, then) = match (region(from), region(to)) {
            (Region::Simplified, Region::Simplified) => return None,
            (Region::Simplified, Region::Standard) => (Config::S2T, None),
            (Region::Simplified, Region::Taiwan) => (if phrases { Config::S2Twp } else { Config::S2Tw }, None),
            (Region::Simplified, Region::HongKong) => (if phrases { Config::S2Hkp } else { Config::S2Hk }, None),
            (Region::Standard, Region::Simplified) => (Config::T2S, None),
            (Region::Taiwan, Region::Simplified) => (if phrases { Config::Tw2Sp } else { Config::Tw2S }, None),
            (Region::HongKong, Region::Simplified) => (if phrases { Config::Hk2Sp } else { Config::Hk2S }, None),
            (Region::Standard, Region::Taiwan) => (Config::T2Tw, None),
            (Region::Standard, Region::HongKong) => (Config::T2Hk, None),
            (Region::Taiwan, Region::Standard) => (Config::Tw2T, None),
            (Region::HongKong, Region::Standard) => (Config::Hk2T, None),
            (Region::Taiwan, Region::HongKong) => (Config::Tw2T, Some(Config::T2Hk)),
            (Region::HongKong, Region::Taiwan) => (Config::Hk2T, Some(Config::T2Tw)),
            (Region::Standard, Region::Standard)
            | (Region::Taiwan, Region::Taiwan)
            | (Region::HongKong, Region::HongKong) => return None,
        };
        let keys = match level {
            Level::None => return None,
            Level::Characters => Keys::Characters,
            Level::Variants | Level::Phrases => Keys::All,
        };
        Some(Route { first, then, keys, tofu_risk }.canonical())
    }

    /// The route for text of the other script whose region is not known. Traditional text is read as Taiwan's: that config knows
    /// everything that the general one knows, and words (看著) that the general one would leave.
    pub fn from_other_script(to: Variant, level: Level, tofu_risk: TofuRisk) -> Option<Route> {
        let from = match to.script() {
            Script::Traditional => Variant::ZhHans,
            Script::Simplified if to == Variant::ZhHans => Variant::ZhHant,
            Script::Simplified => Variant::ZhTw,
        };
        Route::between(from, to, level, tofu_risk)
    }

    /// Every route that has a compiled table, each once.
    pub fn all() -> Vec<Route> {
        let mut routes = Vec::new();
        let mut add = |route: Route| {
            let route = route.canonical();
            if !routes.contains(&route) {
                routes.push(route);
            }
        };
        for tofu_risk in [TofuRisk::Include, TofuRisk::Exclude] {
            for config in Config::ALL {
                add(Route::of(config, tofu_risk));
            }
            for level in [Level::Variants, Level::Phrases, Level::Characters] {
                for from in Variant::ALL {
                    for to in Variant::ALL {
                        if let Some(route) = Route::between(from, to, level, tofu_risk) {
                            add(route);
                        }
                    }
                }
            }
        }
        routes
    }

    /// The same for routes that are the same: rare simplified characters only matter where the result is Simplified.
    fn canonical(self) -> Route {
        let into_simplified =
            matches!(self.first, Config::T2S | Config::Tw2S | Config::Hk2S | Config::Tw2Sp | Config::Hk2Sp);
        Route { tofu_risk: if into_simplified { self.tofu_risk } else { TofuRisk::Include }, ..self }
    }

    /// The recipe that the route's table was compiled from, but for the choice of [`Keys`].
    pub(crate) fn recipe(self) -> Recipe {
        let mut recipe = Recipe::builtin(self.first, self.tofu_risk);
        if let Some(then) = self.then {
            recipe.chain.extend(Recipe::builtin(then, self.tofu_risk).chain);
        }
        recipe
    }

    /// The name of the route's compiled table.
    pub fn table_name(self) -> String {
        let route = self.canonical();
        let mut name = route.first.name().to_string();
        if let Some(then) = route.then {
            name.push('-');
            name.push_str(then.name());
        }
        if route.keys == Keys::Characters {
            name.push_str("-chars");
        }
        if route.tofu_risk == TofuRisk::Exclude {
            name.push_str("-safe");
        }
        name
    }
}

/// Variants with the same forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Region {
    Simplified,
    /// Traditional in OpenCC's own standard forms.
    Standard,
    Taiwan,
    HongKong,
}

fn region(variant: Variant) -> Region {
    match variant {
        Variant::ZhHans | Variant::ZhCn | Variant::ZhSg | Variant::ZhMy => Region::Simplified,
        Variant::ZhHant => Region::Standard,
        Variant::ZhTw => Region::Taiwan,
        Variant::ZhHk | Variant::ZhMo => Region::HongKong,
    }
}
