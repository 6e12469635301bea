//! Judges pairs: JSON lines `{"id","a","b"}` in, `{"id","relation","probabilities"}` out; what `tamis compare --pairs` does,
//! without the rest of tamis.

use std::io::{self, BufRead};

use tamis_scoring::contradiction::inference::judge;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let start = std::time::Instant::now();
    let mut count = 0;
    for line in io::stdin().lock().lines() {
        let pair: serde_json::Value = serde_json::from_str(&line?)?;
        let text = |name: &str| pair[name].as_str().unwrap_or_default();
        let found = judge(text("a"), text("b"));
        let told: Vec<&str> = found.differences.iter().map(|difference| difference.message.as_str()).collect();
        let answer = serde_json::json!({
            "id": pair["id"], "relation": found.relation, "probabilities": found.probabilities, "findings": told,
        });
        println!("{answer}");
        count += 1;
    }
    eprintln!("{count} pairs in {:.2} s", start.elapsed().as_secs_f64());
    Ok(())
}
