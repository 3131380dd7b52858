//! Batches, streams, dead letters, backlogs and end-to-end latency.

use std::sync::Arc;

use nephoscope::analysis::queueing;
use nephoscope::analysis::response::{Distribution, Response, evaluate};
use nephoscope::law::Law;
use nephoscope::units::{Millis, SECONDS_PER_MONTH};

use crate::rows;
use crate::{between, exact, near};

#[test]
fn dlq_throttled_receives_independent() {
    for &[rate, service, c, receives, q, lost, mean, naive, simulated] in
        rows::DLQ_THROTTLED_RECEIVES_INDEPENDENT
    {
        let dlq = queueing::dlq_throttled_receives_independent;
        let found = dlq(rate, service, c as u32, receives as u32);
        exact(found.per_attempt, q);
        exact(found.per_request, lost);
        exact(found.attempts, mean);
        exact(
            queueing::erlang_b(c as u32, rate * service).powf(receives),
            naive,
        );
        // A lower estimate: simulation is 1.04 to 2.5 times it, 13.6 times at R = 5.
        let most = if receives == 5.0 { 13.7 } else { 2.5 };
        assert!((1.04..most).contains(&(simulated / found.per_request)));
    }
}

#[test]
fn dlq_throttled_receives_herd() {
    for &[n, c, b, receives, visibility, lost, after] in rows::DLQ_THROTTLED_RECEIVES_HERD {
        let dlq = queueing::dlq_throttled_receives_herd;
        let found = dlq(n, c as u32, b as u32, receives as u32, visibility);
        exact(found.lost, lost);
        assert_eq!(found.after, (!after.is_nan()).then_some(after));
    }
}

#[test]
fn dlq_retry_inside_visibility() {
    for &[rate, service, c, receives, visibility, lost] in rows::DLQ_RETRY_INSIDE_VISIBILITY {
        let dlq = queueing::dlq_retry_inside_visibility;
        exact(
            dlq(rate, service, c as u32, receives as u32, visibility),
            lost,
        );
    }
}

#[test]
fn batch_formation() {
    for &[
        rate,
        window,
        most,
        batch,
        wait,
        batches,
        batch_sim,
        wait_sim,
    ] in rows::BATCH_FORMATION
    {
        let found = queueing::batch_formation(rate, window, most);
        exact(found.mean_batch, batch);
        exact(found.formation_wait, wait);
        exact(found.batches, batches);
        between(found.mean_batch, batch_sim, -0.001, 0.001);
        between(found.formation_wait, wait_sim, -0.001, 0.001);
    }
    let at = queueing::batch_formation;
    assert_eq!(at(7.0, 0.0, 10.0).mean_batch, 1.0);
    assert_eq!(at(0.0, 5.0, 10.0).formation_wait, 5.0);
    exact(at(1e9, 300.0, 10_000.0).mean_batch, 10_000.0);
}

#[test]
fn gi_g_c_batches() {
    for &[
        rate,
        batch,
        service,
        cs2,
        c,
        ca2,
        mmc,
        ac,
        phi,
        wait,
        formation,
        simulated,
    ] in rows::GI_G_C_BATCHES
    {
        let single = queueing::erlang_c(c as u32, rate / batch, service).mean_wait;
        exact(single, mmc);
        exact(single * queueing::allen_cunneen(ca2, cs2), ac);
        exact(
            queueing::whitt_phi(c as u32, rate / batch * service / c, ca2, cs2),
            phi,
        );
        let found = queueing::gi_g_c_batches(rate, batch, service, cs2, c as u32);
        exact(found.wait, wait);
        exact(found.formation, formation);
        between(found.wait, simulated, 0.0, 0.30);
    }
}

#[test]
fn iterator_age_overload() {
    for &[
        rate,
        capacity,
        duration,
        afterwards,
        at_end,
        peak,
        peak_at,
        backlog,
        drained,
    ] in rows::ITERATOR_AGE_OVERLOAD
    {
        let found = queueing::iterator_age_overload(&queueing::Overload {
            rate,
            capacity,
            duration,
            afterwards,
        });
        exact(found.at_end, at_end);
        exact(found.peak, peak);
        exact(found.peak_at, peak_at);
        exact(found.backlog, backlog);
        exact(found.drained_at, drained);
    }
}

#[test]
fn stream_poll_cycle() {
    for &[
        rate,
        base,
        per_record,
        most,
        parallel,
        poll,
        capacity,
        stable,
        cycle,
        batch,
        age,
        month,
    ] in rows::STREAM_POLL_CYCLE
    {
        let shard = queueing::StreamShard {
            rate,
            base,
            per_record,
            most,
            parallel,
            poll,
        };
        exact(shard.capacity(), capacity);
        let found = queueing::stream_poll_cycle(&shard);
        assert_eq!(found.is_some(), stable > 0.0);
        if let Some(found) = found {
            exact(found.cycle, cycle);
            exact(found.batch, batch);
            exact(found.mean_age, age);
            exact(found.invocations * SECONDS_PER_MONTH, month);
        }
    }
}

#[test]
fn backlog_drain_ramp() {
    for &[backlog, rate, batch, duration, start, ramp, most, time] in rows::BACKLOG_DRAIN_RAMP {
        let drain = queueing::Drain {
            backlog,
            rate,
            batch,
            duration,
            start,
            ramp,
            most,
        };
        let gone = queueing::backlog_drain_ramp;
        exact(gone(&drain), time);
        // 9,025 messages are gone when the ramp ends, after 19 s.
        exact(
            gone(&queueing::Drain {
                backlog: 9_025.0,
                ..drain
            }),
            19.0,
        );
        exact(
            gone(&queueing::Drain {
                backlog: 4_500.0,
                rate: 0.0,
                ramp: 0.0,
                ..drain
            }),
            90.0,
        );
        assert!(gone(&queueing::Drain { most: 5.0, ..drain }).is_infinite());
    }
}

#[test]
fn backlog_sinusoid_fluid() {
    for &[
        mean,
        amplitude,
        capacity,
        period,
        from,
        peak_at,
        most,
        wait,
        until,
    ] in rows::BACKLOG_SINUSOID_FLUID
    {
        let wave = queueing::Wave {
            mean,
            amplitude,
            period,
        };
        let fluid = queueing::backlog_sinusoid_fluid;
        let found = fluid(&wave, capacity).unwrap();
        exact(found.from, from);
        exact(found.peak_at, peak_at);
        exact(found.most, most);
        exact(found.longest_wait, wait);
        exact(found.until, until);
        assert!(fluid(&wave, mean + amplitude).is_none());
        assert!(fluid(&wave, mean).unwrap().until.is_infinite());
    }
}

#[test]
fn fifo_hot_group() {
    for &[groups, s, share, duration, batch, rate] in rows::FIFO_HOT_GROUP {
        let found = queueing::fifo_hot_group(groups, s, duration, batch);
        exact(found.share, share);
        exact(found.max_rate, rate);
    }
}

#[test]
fn database_autopause() {
    for &[per_hour, after, resume, paused, share] in rows::DATABASE_AUTOPAUSE {
        let rate = per_hour / 3_600.0;
        let found = queueing::database_autopause(rate, after, resume);
        exact(found.found_paused, paused);
        exact(found.share, share);
    }
}

fn exponential(mean: f64) -> Arc<Response> {
    Arc::new(Response::Law(Law::Exponential { mean: Millis(mean) }))
}

/// The grid is allowed 1 %, and keeps 0.2 %.
#[track_caller]
fn on_grid(found: &Distribution, quantiles: &[(f64, f64)]) {
    for &(p, time) in quantiles {
        near(found.quantile(p).0 / 1_000.0, time, 2e-3);
    }
}

#[test]
fn latency_composition() {
    let both = Arc::new(Response::Parallel(vec![
        exponential(1_000.0),
        exponential(500.0),
    ]));
    let first = Response::Sequence(vec![exponential(1_000.0), both]);
    on_grid(
        &evaluate(&Arc::new(first)),
        &[
            (0.5, 1.86219568177),
            (0.95, 4.84162694689),
            (0.99, 6.71042680837),
        ],
    );
    let twice = Response::Sequence(vec![exponential(1_000.0); 2]);
    let truth = [
        (0.5, 1.67834699002),
        (0.95, 4.74386451839),
        (0.99, 6.63835206799),
    ];
    on_grid(&evaluate(&Arc::new(twice)), &truth);
    // The same as two queues in queueing::tandem with one request a second to spare each.
    for (p, time) in truth {
        exact(queueing::tandem(1.0, 2.0, 2.0).unwrap().quantile(p), time);
    }
    let tried = evaluate(&Arc::new(Response::Attempts {
        inner: exponential(1_000.0),
        failure: 0.0,
        timeout: Some(Millis(2_000.0)),
        backoff: vec![Millis(500.0); 2],
    }));
    on_grid(
        &tried,
        &[
            (0.5, std::f64::consts::LN_2),
            (0.95, 3.49573227355),
            (0.99, 5.60517018599),
        ],
    );
    let outcome = tried.outcome().unwrap();
    exact(outcome.success, 0.997521247823);
    exact(outcome.mean_attempts, 1.15365092213);
    // Two stages, cold together with probability 0.02, else 0.001 each alone.
    let warm = || exponential(50.0);
    let cold = || {
        Arc::new(Response::Sequence(vec![
            exponential(50.0),
            exponential(400.0),
        ]))
    };
    let stage = |share: f64| {
        Arc::new(Response::Choice(vec![
            (1.0 - share, warm()),
            (share, cold()),
        ]))
    };
    let apart = |share| Arc::new(Response::Sequence(vec![stage(share), stage(share)]));
    let together = Arc::new(Response::Choice(vec![
        (0.98, apart(0.001)),
        (0.02, Arc::new(Response::Sequence(vec![cold(), cold()]))),
    ]));
    on_grid(
        &evaluate(&together),
        &[
            (0.5, 0.08569843489),
            (0.95, 0.2661824899),
            (0.99, 0.7965332354),
            (0.999, 2.011009922),
        ],
    );
    // Of the same shares but independent: 0.02 + 0.98 × 0.001 each.
    on_grid(
        &evaluate(&apart(0.02 + 0.98 * 0.001)),
        &[(0.99, 0.6828967058), (0.999, 1.612873122)],
    );
}
