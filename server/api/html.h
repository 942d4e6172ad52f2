// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Pages without script are put together from text in which everything foreign is escaped.
#pragma once

#include <glib.h>

/** Appends @format to @html; every %s is escaped (g_markup_vprintf_escaped). */
void api_html_add(GString *html, const char *format, ...) G_GNUC_PRINTF(2, 3);
