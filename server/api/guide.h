// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The guides of channels for everybody: search over all of them, and each as a file for other
// programs.
#pragma once

#include "server/http/exchange.h"

/** GET /api/v1/guide?query=&from=&to= */
void api_guide_search(HttpExchange *exchange);

/** GET /channels/{slug}/guide.xml: XMLTV. */
void api_guide_get_xmltv(HttpExchange *exchange);

/** GET /channels/{slug}/schedule.ics: iCalendar. */
void api_guide_get_schedule(HttpExchange *exchange);
