// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a child of one job may make: rungs that are wanted, planned and not yet there, each once,
// and so many assets, each once. A hostile file may own the child. Used by encode_job.c, on the
// main context.
#pragma once

#include "catalog/job.h"
#include "catalog/lesson.h"
#include "pipelines/child/report.h"
#include "server/flows/publish_asset.h"

#define FLOWS_ENCODE_EXPECT_ASSETS_MAX (FLOWS_PUBLISH_ASSET_STILLS_MAX + 100)

typedef struct _FlowsEncodeExpect FlowsEncodeExpect;

FlowsEncodeExpect *flows_encode_expect_new(CatalogJobKind kind);

/** @lesson: with the rungs of the generation that is made, from earlier attempts or jobs: they are
 * not made again. Of a recording a refine job makes all that it has not from the air. */
void flows_encode_expect_skip_done(FlowsEncodeExpect *expect, const CatalogLesson *lesson);

/** Returns: (transfer none): NULL-terminated rung names, as the job line wants them. */
char **flows_encode_expect_get_wanted(FlowsEncodeExpect *expect);
char **flows_encode_expect_get_done(FlowsEncodeExpect *expect);

/** Returns: (transfer none): the files of all rungs that are there. */
char **flows_encode_expect_get_published(FlowsEncodeExpect *expect);

/** The first plan counts, and what is published already is not published again. */
void flows_encode_expect_plan(FlowsEncodeExpect *expect, const ChildReport *report);

/** Returns: FALSE when the child should not say @report. */
gboolean flows_encode_expect_take(FlowsEncodeExpect *expect, const ChildReport *report);

void flows_encode_expect_free(FlowsEncodeExpect *expect);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsEncodeExpect, flows_encode_expect_free)
