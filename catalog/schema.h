// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The text of every schema step ever released, oldest first. A step that was released never
// changes.
#pragma once

/** NULL-terminated; entry n−1 leads from schema n−1 to schema n. */
extern const char *const catalog_schema_steps[];
