// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A small world for tests of rules and tuners: channels of multiplexes, programmes, bookings. What
// fails ends the test.
#pragma once

#include "tests/catalog/fixture.h"

#include "catalog/booking.h"
#include "catalog/guide.h"
#include "catalog/rules.h"

#define AIRTIME_HOUR_MS G_GINT64_CONSTANT(3600000)
#define AIRTIME_AT(hours) (FIXTURE_NOW_MS + (gint64)((hours)*AIRTIME_HOUR_MS))

/** Multiplexes of one SAT>IP server, told apart by frequency. */
#define AIRTIME_SATIP(freq)                                                                        \
    "satip://192.0.2.7/?src=1&freq=" freq "&pol=v&msys=dvbs2&sr=27500&pids=0"

/** A channel of one service of one multiplex: ids. */
typedef struct {
    char *multiplex; // (owned)
    char *service;   // (owned)
    char *channel;   // (owned)
} Airtime;

Airtime airtime_add(Fixture *fixture, const char *uri, const char *slug, gboolean enabled);
void airtime_clear(Airtime *source);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Airtime, airtime_clear)

/** How many tuners the server of @source has. */
void airtime_set_tuners(Fixture *fixture, const Airtime *source, gint64 number);

/** A programme of an hour; without a title it is about mathematics. */
void airtime_put_event(Fixture *fixture, const Airtime *source, const CatalogGuide *event);

/** Returns: a rule for mathematics, texts (unowned). */
CatalogRules airtime_describe_rule(void);

/** Returns: (transfer full): the id. */
char *airtime_add_rule(Fixture *fixture, const CatalogRules *rule);

/** Returns: an hour by time alone, texts (unowned). */
CatalogBooking airtime_describe_booking(const Airtime *source, gint64 start_ms, const char *title);

/** Returns: (transfer full): the id of such a booking, which a person made. */
char *airtime_book(Fixture *fixture, const Airtime *source, gint64 start_ms);

/** Returns: (transfer full) (element-type CatalogBooking): all that are pending, by start. */
GPtrArray *airtime_list_bookings(Fixture *fixture);

/** Returns: (transfer none) (nullable): the first that waits for a tuner. */
const CatalogBooking *airtime_find_marked(const GPtrArray *bookings);

/** The rules look and do what they decide. Returns: how many bookings were made, changed or taken
 * back. */
guint airtime_tend(Fixture *fixture);
guint airtime_tend_at(Fixture *fixture, gint64 now_ms);

/** Bookings move along; the recording of @over (nullable) is over. Returns: the state of @id. */
CatalogBookingState airtime_advance(Fixture *fixture, gint64 now_ms, const char *over,
                                    const char *id);
