// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The other request headers of tus 1.0.0 with a grammar of their own: sizes, Upload-Checksum and
// Upload-Concat. Called by the tus handlers; pure, and every byte comes from outside. Each parser
// leaves its out-parameters alone when it returns FALSE. Any thread.
#pragma once

#include "server/flows/receive_digest.h"

#include "catalog/upload.h"

#define API_UPLOADS_HEADERS_VERSION "1.0.0"
#define API_UPLOADS_HEADERS_PARTS 256

/** Digits and nothing else, up to 2^63 − 1. */
gboolean api_uploads_headers_parse_size(const char *text, gint64 *bytes);

typedef struct {
    FlowsReceiveDigestAlgorithm algorithm;      // of the sum
    guint8 sum[FLOWS_RECEIVE_DIGEST_MAX_BYTES]; // its bytes; the rest is 0
} ApiUploadsChecksum;

/** `<algorithm> <base64 of the sum>`: FALSE too when the sum has the wrong size. */
gboolean api_uploads_headers_parse_checksum(const char *text, ApiUploadsChecksum *checksum);

/**
 * api_uploads_headers_parse_concat:
 * @text: (nullable): NULL is an ordinary upload
 * @kind: (out): WHOLE, PARTIAL or FINAL
 * @parts: (out) (transfer full): the ids of a FINAL in order, NULL-terminated; else NULL
 *
 * `partial`, or `final;` and the URLs of 1 to API_UPLOADS_HEADERS_PARTS different uploads with
 * blanks between, each absolute or relative; of a URL only the id at its end is taken, since what
 * is before it is how the client happens to reach us.
 */
gboolean api_uploads_headers_parse_concat(const char *text, CatalogUploadKind *kind, char ***parts);

/** Returns: (transfer full) (nullable): the Upload-Concat of @upload; NULL for a WHOLE. */
char *api_uploads_headers_format_concat(const CatalogUpload *upload);

/** Returns: (transfer full): @time_ms as an HTTP date (RFC 9110 §5.6.7), for Upload-Expires. */
char *api_uploads_headers_format_date(gint64 time_ms);
