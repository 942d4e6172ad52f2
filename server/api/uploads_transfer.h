// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The bytes of a tus PATCH, or of a POST that brings its first bytes along: from the request body
// into flows/receive_append, with backpressure, and the answer. Delivery thread.
#pragma once

#include "server/flows/receive_status.h"
#include "server/http/exchange.h"

/** Who asks, borrowed from the exchange. */
FlowsReceiveWho api_uploads_transfer_get_who(HttpExchange *exchange);

/** FALSE when Content-Type or Upload-Checksum are wrong, which is answered (415, 400). */
gboolean api_uploads_transfer_check_head(HttpExchange *exchange);

/** PATCH: reads Upload-Offset and Upload-Length, takes the body, answers. */
void api_uploads_transfer_start(HttpExchange *exchange, const char *upload_id);

/** POST: takes the body into the new @upload and answers 201. */
void api_uploads_transfer_start_created(HttpExchange *exchange, const CatalogUpload *upload);

/** Answers 201 with Location and Daorian-Lesson. */
void api_uploads_transfer_reply_created(HttpExchange *exchange, const CatalogUpload *upload);

/** Sets Upload-Offset (not for a FINAL that is not whole), Upload-Expires and Daorian-Lesson. */
void api_uploads_transfer_set_headers(HttpExchange *exchange, const CatalogUpload *upload);
