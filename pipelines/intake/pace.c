// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// References of one PID at a time; where there are none for long, the rate so far stands in.
#include "pipelines/intake/pace.h"

#define DEFAULT_BITS_PER_SECOND 5000000
#define RATE_PROOF_US G_USEC_PER_SEC
#define STRETCH_BYTES (1024 * 1024) // without a reference
#define WRAP27M ((G_GINT64_CONSTANT(1) << 33) * 300)
#define GAP27M 27000000 // a larger step is a jump

void
intake_pace_init(IntakePace *pace)
{
    *pace = (IntakePace){.pid = -1, .last27m = -1};
}

/* How long so many bytes take. */
static gint64
estimate_us(const IntakePace *pace, guint64 bytes)
{
    if (pace->paced_us < RATE_PROOF_US || pace->paced_bytes == 0)
        return (gint64)(bytes * 8 * G_USEC_PER_SEC / DEFAULT_BITS_PER_SECOND);
    return (gint64)((double)bytes * (double)pace->paced_us / (double)pace->paced_bytes);
}

static void
pass_without(IntakePace *pace)
{
    pace->due_us += estimate_us(pace, pace->bytes);
    pace->bytes = 0;
    pace->last27m = -1;
}

static gboolean
take_reference(IntakePace *pace, gint64 pcr27m)
{
    gint64 before = pace->last27m;
    pace->last27m = pcr27m;
    if (before < 0) {
        pace->due_us += estimate_us(pace, pace->bytes);
        pace->bytes = 0;
        return TRUE;
    }
    gint64 step27m = (pcr27m - before + WRAP27M) % WRAP27M;
    if (step27m > GAP27M) {
        pace->due_us += estimate_us(pace, pace->bytes);
    } else {
        pace->due_us += step27m / 27;
        pace->paced_us += step27m / 27;
        pace->paced_bytes += pace->bytes;
    }
    pace->bytes = 0;
    return TRUE;
}

gboolean
intake_pace_note(IntakePace *pace, const TablesPacket *packet)
{
    gboolean passed = FALSE;
    if (pace->bytes > STRETCH_BYTES) {
        pass_without(pace);
        pace->pid = -1;
        passed = TRUE;
    }
    if (packet->pcr27m >= 0 && !packet->damaged && (pace->pid < 0 || pace->pid == packet->pid)) {
        pace->pid = packet->pid;
        passed = take_reference(pace, packet->pcr27m);
    }
    pace->bytes += TABLES_PACKET_BYTES;
    return passed;
}

void
intake_pace_finish(IntakePace *pace)
{
    pass_without(pace);
    pace->pid = -1;
}
