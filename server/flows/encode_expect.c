// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One table of rungs for each kind of job, and two sets.
#include "server/flows/encode_expect.h"

#include "catalog/rung.h"

static const char *const first_rungs[] = {"voice", "voice-opus", "slides", "lite",
                                          "small", "medium",     "large",  NULL};
static const char *const better_rungs[] = {"clear", NULL};
static const char *const richer_rungs[] = {"slides", "lite", "clear", NULL};
static const char *const all_rungs[] = {"voice",  "voice-opus", "slides", "lite", "small",
                                        "medium", "clear",      "large",  NULL};

struct _FlowsEncodeExpect {
    CatalogJobKind kind;  // (value)
    gboolean recorded;    // (value) the lesson has no original
    char **done;          // (owned) (nullable) rungs published by earlier attempts
    char **published;     // (owned) files of those that are there
    GHashTable *expected; // (owned) (nullable) (element-type utf8) planned, and not yet here
    GHashTable *assets;   // (owned) (element-type utf8) that the child has made
};

FlowsEncodeExpect *
flows_encode_expect_new(CatalogJobKind kind)
{
    FlowsEncodeExpect *expect = g_new0(FlowsEncodeExpect, 1);
    expect->kind = kind;
    expect->done = g_new0(char *, 1);
    expect->published = g_new0(char *, 1);
    expect->assets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return expect;
}

void
flows_encode_expect_free(FlowsEncodeExpect *expect)
{
    g_clear_pointer(&expect->expected, g_hash_table_unref);
    g_hash_table_unref(expect->assets);
    g_strfreev(expect->done);
    g_strfreev(expect->published);
    g_free(expect);
}

char **
flows_encode_expect_get_wanted(FlowsEncodeExpect *expect)
{
    switch (expect->kind) {
    case CATALOG_JOB_KIND_REFINE:
        return (char **)(expect->recorded ? richer_rungs : better_rungs);
    case CATALOG_JOB_KIND_REENCODE:
        return (char **)all_rungs;
    case CATALOG_JOB_KIND_ENCODE:
    case CATALOG_JOB_KIND_CAPTIONS:
        return (char **)first_rungs;
    }
    return (char **)first_rungs;
}

char **
flows_encode_expect_get_done(FlowsEncodeExpect *expect)
{
    return expect->done;
}

static gboolean
contains(char **names, const char *name)
{
    return g_strv_contains((const char *const *)names, name);
}

char **
flows_encode_expect_get_published(FlowsEncodeExpect *expect)
{
    return expect->published;
}

void
flows_encode_expect_skip_done(FlowsEncodeExpect *expect, const CatalogLesson *lesson)
{
    const GPtrArray *rungs = lesson->rungs;
    expect->recorded = lesson->original_bytes <= 0;
    g_autoptr(GStrvBuilder) done = g_strv_builder_new();
    g_autoptr(GStrvBuilder) published = g_strv_builder_new();
    for (guint i = 0; i < rungs->len; i++) {
        const CatalogRung *rung = rungs->pdata[i];
        if (rung->file == NULL || rung->error_code != NULL)
            continue;
        g_strv_builder_add(published, rung->file);
        if (contains(flows_encode_expect_get_wanted(expect), rung->name))
            g_strv_builder_add(done, rung->name);
    }
    g_strfreev(expect->done);
    g_strfreev(expect->published);
    expect->done = g_strv_builder_end(done);
    expect->published = g_strv_builder_end(published);
}

void
flows_encode_expect_plan(FlowsEncodeExpect *expect, const ChildReport *report)
{
    if (expect->expected != NULL)
        return;
    expect->expected = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; report->rungs[i] != NULL; i++)
        if (contains(flows_encode_expect_get_wanted(expect), report->rungs[i]) &&
            !contains(expect->done, report->rungs[i]))
            g_hash_table_add(expect->expected, g_strdup(report->rungs[i]));
}

static gboolean
take_asset(FlowsEncodeExpect *expect, const ChildReport *report)
{
    char *key = g_strdup_printf("%s %u %s", child_asset_get_name(report->asset), report->position,
                                report->language != NULL ? report->language : "");
    return g_hash_table_add(expect->assets, key) &&
           g_hash_table_size(expect->assets) <= FLOWS_ENCODE_EXPECT_ASSETS_MAX;
}

/* A rung comes once, or a hostile child could fill the bundle with one after another. */
gboolean
flows_encode_expect_take(FlowsEncodeExpect *expect, const ChildReport *report)
{
    const char *name = report->kind == CHILD_REPORT_SLIDES ? "slides" : report->name;
    if (report->kind == CHILD_REPORT_ASSET)
        return take_asset(expect, report);
    if (name == NULL)
        return TRUE;
    if (expect->expected == NULL)
        return FALSE;
    return report->kind == CHILD_REPORT_RUNG_FAILED ? g_hash_table_contains(expect->expected, name)
                                                    : g_hash_table_remove(expect->expected, name);
}
