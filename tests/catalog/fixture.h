// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the catalogue's tests share: a catalogue in a folder of its own, at a time of its own.
#pragma once

#include "catalog/audit.h"
#include "catalog/database.h"
#include "catalog/lesson.h"

#define FIXTURE_NOW_MS G_GINT64_CONSTANT(1760000000000)

typedef struct {
    char *folder;              // (owned): removed at the end
    char *path;                // (owned): of the catalogue
    CatalogDatabase *database; // (owned): open for writing
    CatalogAuditStamp by;      // the system, at FIXTURE_NOW_MS
} Fixture;

/** Makes a folder and a fresh catalogue in it. */
void fixture_set_up(Fixture *fixture, gconstpointer unused);

/** Checks that the catalogue is still sound, then removes the folder. */
void fixture_tear_down(Fixture *fixture, gconstpointer unused);

/** Returns: (transfer full): the id of a new account of this name. */
char *fixture_add_account(Fixture *fixture, const char *name, const char *role);

/** Returns: (transfer full): the id of a new lesson, PUBLIC, in @state, without owner. */
char *fixture_add_lesson(Fixture *fixture, const char *title, CatalogLessonState state);

/** Adds a test that runs between fixture_set_up() and fixture_tear_down(). */
#define FIXTURE_ADD(path, test)                                                                    \
    g_test_add(path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)
