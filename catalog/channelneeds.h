// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Whether a recording needs a channel, and when the next one will: for whoever keeps it on the air.
// On the connection's thread, inside a transaction.
#pragma once

#include "catalog/database.h"

typedef struct {
    gboolean running; // a booking of it runs
    gint64 first_ms;  // UTC: what the next waiting one wants first, with its padding; G_MAXINT64:
                      // none. One that waits for a tuner wants nothing before it runs
} CatalogChannelneeds;

/** @needs: (out). FALSE with an error. */
gboolean catalog_channelneeds_read(CatalogDatabase *database, const char *channel,
                                   CatalogChannelneeds *needs, GError **error);
