//! Tables: what a formula comes to, how it reads, and what is refused.

use std::collections::BTreeMap;

use super::*;
use crate::units::Millis;

fn environment() -> BTreeMap<String, Quantity> {
    [
        ("requests", Quantity::Number(3_000_000.0)),
        ("memory", Quantity::Number(1_536.0)),
        ("fixed", Quantity::Law(Law::Fixed(Millis(120.0)))),
        ("payload", Quantity::Mixture(vec![(3.0, 1.0), (1.0, 65.0)])),
        ("weightless", Quantity::Mixture(vec![(0.0, 1.0)])),
        ("broken", Quantity::Number(f64::NAN)),
        ("zero", Quantity::Number(0.0)),
        ("share", Quantity::Number(0.1)),
    ]
    .into_iter()
    .map(|(name, quantity)| (name.to_owned(), quantity))
    .collect()
}

fn value(text: &str) -> Result<f64, ExpressionError> {
    Expression::parse(text)?.evaluate(&environment())
}

#[test]
fn values() {
    #[track_caller]
    fn check(text: &str, expected: f64) {
        assert_eq!(value(text), Ok(expected), "{text}");
    }
    check("1 + 2 * 3", 7.0);
    check("(1 + 2) * 3", 9.0);
    check("10 - 4 - 3", 3.0);
    check("16 / 4 / 2", 2.0);
    check("2 ^ 3 ^ 2", 512.0);
    check("-2 ^ 2", -4.0);
    check("2 ^ -1", 0.5);
    check("2 * -3", -6.0);
    check("--2", 2.0);
    check("1_000_000", 1e6);
    check("2.5e-3 + .5", 0.5025);
    check("1E3", 1_000.0);
    check("1 < 2", 1.0);
    check("1 >= 2", 0.0);
    check("1 == 1 and 2 != 2", 0.0);
    check("0 or 3", 1.0);
    check("not 0", 1.0);
    check("not 1 == 2", 1.0);
    check("(1 < 2) < 2", 1.0);
    check("1 + 1 == 2 or 1 / zero", 1.0); // never looks at the right
    check("min(3, 1, 2)", 1.0);
    check("max(3)", 3.0);
    check("ceil(1.2) + floor(1.8) + round(2.5)", 6.0);
    check("abs(-2) + sqrt(9)", 5.0);
    check("if(zero > 0, 1 / zero, 7)", 7.0);
    check("round_up(121, 100)", 200.0);
    check("round_up(20, 1, 100)", 100.0);
    check("round_up(0, 64)", 0.0);
    check("chunks(65, 64)", 2.0);
    check("chunks(0, 64)", 1.0);
    check(
        "requests * round_up(fixed, 1) / 1000 * memory / 1024",
        540_000.0,
    );
    check("mean(fixed)", 120.0);
}

#[test]
fn spreads_are_rounded_one_by_one() {
    assert_eq!(value("payload"), Ok(17.0)); // (3 × 1 + 65) / 4
    assert_eq!(value("chunks(payload, 64)"), Ok(1.25)); // (3 × 1 + 2) / 4
    assert_eq!(value("chunks(mean(payload), 64)"), Ok(1.0));
    // A spread and a number: still each event for itself.
    assert_eq!(value("chunks(payload * 1, 64)"), Ok(1.25));
    assert_eq!(value("chunks(2 * payload - 1, 64)"), Ok(1.5)); // (3 × 1 + 3) / 4
    assert_eq!(value("chunks(payload / 65, 0.5)"), Ok(1.25)); // (3 × 1 + 2) / 4
    // Two spreads have no common events.
    assert_eq!(value("chunks(payload * payload, 64)"), Ok(5.0)); // 17² = 289
    assert_eq!(value("round_up(payload, 64, 100)"), Ok(107.0)); // (3 × 100 + 128) / 4
}

#[test]
fn float_noise_is_not_billed() {
    assert_eq!(value("ceil(share * 3 / share)"), Ok(3.0));
    assert_eq!(value("chunks(share * 3, share)"), Ok(3.0));
    assert_eq!(value("floor(0.3 / share)"), Ok(3.0)); // 2.9999999999999996
    assert_eq!(value("ceil(1e-12)"), Ok(1.0));
    assert_eq!(value("ceil(5_000_000_000.4)"), Ok(5_000_000_001.0));
}

#[test]
fn numbers_stand_beside_names() {
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let expression = Expression::parse(text).unwrap();
        assert_eq!(expression.with_numbers(&environment()), expected);
    }
    check(
        "requests * round_up(fixed, 1) / 1000 * memory / 1024",
        "requests 3,000,000 × round_up(fixed 120, 1) ÷ 1,000 × memory 1,536 ÷ 1,024",
    );
    check(
        "requests*chunks(payload,64)",
        "requests 3,000,000 × chunks(payload ~17, 64) [1.25]",
    );
    check(
        "chunks(payload * 2, 64)",
        "chunks(payload ~17 × 2, 64) [1.5]",
    );
    check("(1+2)*3-(4-5)", "(1 + 2) × 3 − (4 − 5)");
    check("(-2)^2^3 + -1", "(−2) ^ 2 ^ 3 + −1");
    check("(2^3)^2", "(2 ^ 3) ^ 2");
    check(
        "if(zero == 0 and not zero, 1, 0)",
        "if(zero 0 = 0 and not zero 0, 1, 0)",
    );
    check(
        "users * 1048576 * 0.0000166667",
        "users ? × 1,048,576 × 0.0000166667",
    );
}

#[test]
fn numbers_read_well() {
    #[track_caller]
    fn check(number: f64, expected: &str) {
        assert_eq!(number_text(number), expected);
    }
    check(0.0, "0");
    check(-0.0, "0");
    check(999.0, "999");
    check(-1_234.5, "-1,234.5");
    check(1_234_567.89, "1,234,568");
    check(1.0 / 3.0, "0.333333");
    check(0.000_016_666_7, "0.0000166667");
    check(4e9, "4,000,000,000");
    check(1.5e20, "1.500e20");
    check(f64::NAN, "NaN");
}

#[test]
fn errors_say_where_and_what() {
    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(value(text).unwrap_err().to_string(), expected, "{text}");
    }
    check(
        "",
        "column 1: found the end, expected a number, a name, a function or `(`",
    );
    check(
        "1 +",
        "column 4: found the end, expected a number, a name, a function or `(`",
    );
    check(
        "1 2",
        "column 3: found `2`, expected an operator or the end of the formula",
    );
    check("(1", "column 3: found the end, expected an operator or `)`");
    check(
        "1)",
        "column 2: found `)`, expected an operator or the end of the formula",
    );
    check(
        "a = 1",
        "column 3: found `=`, expected a comparison; did you mean `==`?",
    );
    check(
        "1 < 2 < 3",
        "column 7: found `<`, expected `and` between two comparisons",
    );
    check(
        "ceiling(2)",
        "column 1: found `ceiling`, expected a function",
    );
    check(
        "cell(2)",
        "column 1: found `cell`, expected a function; did you mean `ceil`?",
    );
    check(
        "chunk(2, 3)",
        "column 1: found `chunk`, expected a function; did you mean `chunks`?",
    );
    check(
        "min",
        "column 4: found the end, expected `(`, as in `min(a, b, …)`",
    );
    check(
        "chunks(1)",
        "column 9: found `)`, expected `,`, as in `chunks(x, size)`",
    );
    check(
        "ceil(1, 2)",
        "column 7: found `,`, expected `)`, as in `ceil(x)`",
    );
    check(
        "Users",
        "column 1: found `U`, expected a name in lower case",
    );
    check(
        "1e999",
        "column 1: found `1`, expected a number within range, such as 1_000 or 2.5e-3",
    );
    check(
        "é + users",
        "column 1: found `é`, expected a number, a name, an operator or a parenthesis",
    );
    check(
        "2 × 3",
        "column 3: found `×`, expected an operator; did you mean `*`?",
    );
    check(
        "2 * users",
        "column 5: nothing is known by the name `users`",
    );
    check(
        "2 * broken",
        "column 5: `broken` stands for no finite number",
    );
    check(
        "weightless",
        "column 1: `weightless` stands for no finite number",
    );
    check(
        "1 / (zero * 2)",
        "column 5: division by zero, `(zero * 2)` is 0",
    );
    check("1 + sqrt(-1)", "column 5: `sqrt(-1)` has no finite value");
    check("10 ^ 400", "column 1: `10 ^ 400` has no finite value");
    check(
        "chunks(1, zero)",
        "column 11: `zero` is 0, but rounding needs a step above 0",
    );
}

#[test]
fn hostile_texts_are_refused_without_harm() {
    let limit = Expression::MAX_LENGTH;
    let hostile = [
        "(".repeat(limit),
        "-".repeat(limit),
        "not ".repeat(limit / 4),
        "1^".repeat(limit / 2),
        "1+".repeat(limit / 2) + "1",
        "min(".repeat(limit / 4),
        format!("min({})", "1,".repeat(limit / 2 - 3) + "1"),
        "1".repeat(limit + 1),
        "\u{0}\u{202e}".to_owned(),
        "1__0.__0e".to_owned(),
        "1.".to_owned(),
        "._1".to_owned(),
        "1e+".to_owned(),
    ];
    for text in hostile {
        assert!(Expression::parse(&text).is_err(), "{text:.20}");
    }
    let long = "1+".repeat(190) + "1";
    assert_eq!(value(&long), Ok(191.0));
    let deep = "(".repeat(40) + "1" + &")".repeat(40);
    assert_eq!(value(&deep), Ok(1.0));
}

#[test]
fn files_hold_text_or_numbers() {
    let read = |text: &str| crate::notation::read::<Expression>(text);
    assert_eq!(read("\"users * 3\"").unwrap().text(), "users * 3");
    assert_eq!(read("3").unwrap().text(), "3");
    assert_eq!(read("-0.25").unwrap().evaluate(&environment()), Ok(-0.25));
    assert!(read("true").is_err());
    let error = read("\"users *\"").unwrap_err();
    assert!(error.problem.contains("column 8"), "{error}");
    let written = ron::to_string(&Expression::parse("users*3").unwrap()).unwrap();
    assert_eq!(written, "\"users*3\"");
}

#[test]
fn names_come_once_and_sorted() {
    let expression = Expression::parse("b * a + min(b, c_1)").unwrap();
    assert_eq!(expression.names().collect::<Vec<_>>(), ["a", "b", "c_1"]);
}
