// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What went wrong with an upload, as HTTP: one table from outcomes of receiving and from verdicts
// on typed texts to status, code and a sentence in Thai or English that names the limit.
#pragma once

#include "server/flows/receive_metadata.h"
#include "server/flows/receive_status.h"
#include "server/http/exchange.h"

/** Answers with anything but DONE. Delivery thread. */
void api_uploads_problem_reply(HttpExchange *exchange, const FlowsReceiveStatus *status);

/** Answers 400 with anything but FINE. Delivery thread. */
void api_uploads_problem_reply_metadata(HttpExchange *exchange,
                                        FlowsReceiveMetadataVerdict verdict);

/** Answers 400 for a header that is missing or makes no sense; @header names it. Delivery thread.
 */
void api_uploads_problem_reply_header(HttpExchange *exchange, const char *header);
