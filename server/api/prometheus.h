// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Text in Prometheus' exposition format, version 0.0.4. Pure.
#pragma once

#include <glib.h>

#define API_PROMETHEUS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/** Opens a family: its samples follow at once. @type: `gauge` or `counter`. */
void api_prometheus_open(GString *text, const char *name, const char *type, const char *help);

/** Adds a sample of the family @name. @labels: (nullable): name, value, name, value, NULL; values
 * are any text. A value that is no number adds nothing. */
void api_prometheus_add(GString *text, const char *name, const char *const *labels, double value);
