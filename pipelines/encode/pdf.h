// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Pictures in, one PDF for printing out: a page each, A4 across, numbered. One thread.
#pragma once

#include <glib.h>

struct AVFrame;
typedef struct _EncodePdf EncodePdf;

#define ENCODE_PDF_MOST_PAGES 400
#define ENCODE_PDF_MOST_BYTES (48 * 1024 * 1024)

/** Returns: (transfer full): NULL with ENCODE_FAILURE. */
EncodePdf *encode_pdf_new(GError **error);
void encode_pdf_free(EncodePdf *pdf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodePdf, encode_pdf_free)

/** Adds a page with @picture (yuv420p, video range, not changed). What would pass the bounds above
 * is left out. Returns: FALSE with ENCODE_FAILURE. */
gboolean encode_pdf_add(EncodePdf *pdf, const struct AVFrame *picture, GError **error);

guint encode_pdf_count_pages(const EncodePdf *pdf);

/** Writes <@folder>/<@name>, durable. Nothing may be added afterwards. */
gboolean encode_pdf_write(EncodePdf *pdf, const char *folder, const char *name, GError **error);
