// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// lesson.json from a lesson's row and the small files of its bundle. Blocks; used by publish.c.
#pragma once

#include "catalog/lesson.h"

/** Returns: (transfer full): the text; a file that cannot be read is left out of its list. */
char *flows_publish_manifest_format(const char *bundle, const CatalogLesson *lesson);
