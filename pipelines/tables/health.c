// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One block a PID, made when it is first seen: 8192 at most. Called by demux.c.
#include "pipelines/tables/health.h"

#include <math.h>

#define TICKS_A_SECOND 27000000.0
#define PCR_WRAP (G_GINT64_CONSTANT(300) << 33)
#define JUMP_TICKS (5 * G_GINT64_CONSTANT(27000000)) // a longer way between two references is none
#define PACKET_BITS (8.0 * TABLES_PACKET_BYTES)

/* A clock reference and where it stood: in packets, or in arrival time. */
typedef struct {
    gint64 ticks; // (value) since the first, wraps undone
    gint64 place; // (value)
} Mark;

typedef struct {
    TablesHealthPid figures; // (value) but those that list() computes
    TablesPacketLast last;   // (value)
    gint64 pcr27m;           // (value) the last one, -1: none since a jump
    Mark marks[3];           // (value) the last three
    guint count;             // (value) how many marks are good
    gint64 span_ticks;       // (value)
    guint64 span_packets;    // (value) of the whole multiplex within the span
    guint64 packet;          // (value) number of the packet with the last reference
    double squares;          // (value) of jitter
    guint64 measured;        // (value) how many squares
    double step_jitter_us;   // (value) largest since the last look
    guint64 step_measured;   // (value) `measured` at the last look
    TablesHealthPid looked;  // (value) figures at the last look
} Pid;

struct _TablesHealth {
    Pid *pids[TABLES_PACKET_PIDS]; // (owned) (nullable)
    TablesHealthTotal total;       // (value) but what get_total() computes
    gint64 first_us;               // (value) arrival, or TABLES_HEALTH_NO_TIME
    gint64 last_us;                // (value)
};

TablesHealth *
tables_health_new(void)
{
    TablesHealth *health = g_new0(TablesHealth, 1);
    health->first_us = TABLES_HEALTH_NO_TIME;
    return health;
}

void
tables_health_free(TablesHealth *health)
{
    for (guint i = 0; i < TABLES_PACKET_PIDS; i++)
        g_free(health->pids[i]);
    g_free(health);
}

/* Of three references the middle one should stand where the outer two put it. */
static void
measure_jitter(Pid *pid)
{
    const Mark *marks = pid->marks;
    gint64 ticks = marks[2].ticks - marks[0].ticks, places = marks[2].place - marks[0].place;
    if (pid->count < 3 || places <= 0)
        return;
    double expected = (double)marks[0].ticks +
                      (double)ticks * (double)(marks[1].place - marks[0].place) / (double)places;
    double jitter_us = fabs((double)marks[1].ticks - expected) * 1e6 / TICKS_A_SECOND;
    pid->figures.jitter_max_us = MAX(pid->figures.jitter_max_us, jitter_us);
    pid->step_jitter_us = MAX(pid->step_jitter_us, jitter_us);
    pid->squares += jitter_us * jitter_us;
    pid->measured++;
}

static void
add_mark(Pid *pid, gint64 ticks, gint64 place)
{
    if (pid->count == 3) {
        pid->marks[0] = pid->marks[1];
        pid->marks[1] = pid->marks[2];
        pid->count = 2;
    }
    pid->marks[pid->count++] = (Mark){.ticks = ticks, .place = place};
    measure_jitter(pid);
}

static void
note_pcr(TablesHealth *health, Pid *pid, const TablesPacket *packet, gint64 now_us)
{
    gint64 place = now_us == TABLES_HEALTH_NO_TIME ? (gint64)health->total.packets : now_us;
    gint64 way = (packet->pcr27m - pid->pcr27m + PCR_WRAP) % PCR_WRAP;
    gboolean first = pid->pcr27m < 0;
    gboolean jump = !first && (way > JUMP_TICKS || packet->discontinuity);
    pid->figures.pcrs++;
    if (jump) {
        pid->figures.announced_jumps += packet->discontinuity;
        pid->figures.jumps += !packet->discontinuity;
        pid->count = 0;
    } else if (!first) {
        double way_ms = (double)way * 1e3 / TICKS_A_SECOND;
        pid->figures.interval_max_ms = MAX(pid->figures.interval_max_ms, way_ms);
        pid->span_ticks += way;
        pid->span_packets += health->total.packets - pid->packet;
    }
    add_mark(pid, pid->span_ticks, place);
    pid->pcr27m = packet->pcr27m;
    pid->packet = health->total.packets;
}

static Pid *
ensure_pid(TablesHealth *health, guint16 number)
{
    Pid **pid = &health->pids[number];
    if (*pid == NULL) {
        *pid = g_new0(Pid, 1);
        (*pid)->figures.pid = number;
        (*pid)->pcr27m = -1;
    }
    return *pid;
}

TablesPacketOrder
tables_health_note(TablesHealth *health, const TablesPacket *packet, gint64 now_us)
{
    health->total.packets++;
    if (now_us != TABLES_HEALTH_NO_TIME) {
        health->first_us = health->first_us == TABLES_HEALTH_NO_TIME ? now_us : health->first_us;
        health->last_us = now_us;
    }
    Pid *pid = ensure_pid(health, packet->pid);
    pid->figures.packets++;
    if (packet->damaged) { // its PID may be another's
        pid->figures.damaged++;
        health->total.damaged++;
        return TABLES_PACKET_LOST;
    }
    if (packet->pid == TABLES_PACKET_NULL_PID)
        return TABLES_PACKET_FOLLOWS;
    TablesPacketOrder order = tables_packet_judge(&pid->last, packet);
    pid->figures.lost += order == TABLES_PACKET_LOST;
    health->total.lost += order == TABLES_PACKET_LOST;
    pid->figures.duplicates += order == TABLES_PACKET_DUPLICATE;
    health->total.duplicates += order == TABLES_PACKET_DUPLICATE;
    pid->figures.scrambled += packet->has_payload && packet->scrambling != 0;
    if (packet->has_payload)
        pid->figures.scrambled_now = packet->scrambling != 0;
    if (packet->pcr27m >= 0 && order != TABLES_PACKET_DUPLICATE)
        note_pcr(health, pid, packet, now_us);
    return order;
}

void
tables_health_note_broken(TablesHealth *health)
{
    health->total.packets++;
    health->total.broken++;
}

/* The clock that covers most tells the rate of all. Returns: (nullable). */
static const Pid *
find_reference(const TablesHealth *health)
{
    const Pid *best = NULL;
    for (guint i = 0; i < TABLES_PACKET_PIDS; i++) {
        const Pid *pid = health->pids[i];
        if (pid != NULL && pid->span_ticks > 0 &&
            (best == NULL || pid->span_ticks > best->span_ticks))
            best = pid;
    }
    return best;
}

TablesHealthTotal
tables_health_get_total(const TablesHealth *health)
{
    TablesHealthTotal total = health->total;
    const Pid *reference = find_reference(health);
    gint64 way_us = health->last_us - health->first_us;
    double packets_a_second = 0;
    if (reference != NULL)
        packets_a_second =
            (double)reference->span_packets / ((double)reference->span_ticks / TICKS_A_SECOND);
    else if (health->first_us != TABLES_HEALTH_NO_TIME && way_us > 0)
        packets_a_second = (double)total.packets * 1e6 / (double)way_us;
    if (packets_a_second <= 0)
        return total;
    total.bits_per_second = (guint64)llround(packets_a_second * PACKET_BITS);
    total.span_s = (double)total.packets / packets_a_second;
    return total;
}

GArray *
tables_health_list(const TablesHealth *health)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(TablesHealthPid));
    TablesHealthTotal total = tables_health_get_total(health);
    for (guint i = 0; i < TABLES_PACKET_PIDS; i++) {
        const Pid *pid = health->pids[i];
        if (pid == NULL)
            continue;
        TablesHealthPid figures = pid->figures;
        figures.span_s = (double)pid->span_ticks / TICKS_A_SECOND;
        if (pid->measured > 0)
            figures.jitter_rms_us = sqrt(pid->squares / (double)pid->measured);
        if (total.span_s > 0)
            figures.bits_per_second =
                (guint64)llround((double)figures.packets * PACKET_BITS / total.span_s);
        g_array_append_val(list, figures);
    }
    return list;
}

static TablesHealthStep
take_step(Pid *pid)
{
    const TablesHealthPid *figures = &pid->figures, *looked = &pid->looked;
    TablesHealthStep step = {
        .pid = figures->pid,
        .scrambled = figures->scrambled_now,
        .packets = figures->packets - looked->packets,
        .lost = figures->lost - looked->lost,
        .damaged = figures->damaged - looked->damaged,
        .jitter_max_us = pid->measured > pid->step_measured ? pid->step_jitter_us : -1,
    };
    pid->looked = pid->figures;
    pid->step_measured = pid->measured;
    pid->step_jitter_us = 0;
    return step;
}

GArray *
tables_health_take_steps(TablesHealth *health)
{
    GArray *steps = g_array_new(FALSE, FALSE, sizeof(TablesHealthStep));
    for (guint i = 0; i < TABLES_PACKET_PIDS; i++) {
        Pid *pid = health->pids[i];
        if (pid == NULL || pid->figures.packets == pid->looked.packets)
            continue;
        TablesHealthStep step = take_step(pid);
        g_array_append_val(steps, step);
    }
    return steps;
}

gboolean
tables_health_is_scrambled(const TablesHealth *health, guint16 pid)
{
    const Pid *one = pid < TABLES_PACKET_PIDS ? health->pids[pid] : NULL;
    return one != NULL && one->figures.scrambled_now;
}
