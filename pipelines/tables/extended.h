// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Extended event descriptors (EN 300 468 §6.2.15): one long text a language, in up to sixteen
// numbered pieces. Pure; called by event.c.
#pragma once

#include "pipelines/tables/bytes.h"
#include "pipelines/tables/text.h"

/** @description: UTF-8, the text and then `name: value` lines of the items. */
typedef void (*TablesExtendedFunc)(const char *language, const char *description, gboolean unknown,
                                   gpointer data);

/** Joins the pieces in @loop in the order of their numbers and calls @func once a language. */
void tables_extended_join(TablesBytes loop, TablesTextCode fallback, TablesExtendedFunc func,
                          gpointer data);
