// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Asked and made in one transaction.
#include "server/invitation.h"

#include "catalog/setup.h"

typedef struct {
    ServerInvitationFunc func; // (unowned)
    gpointer user_data;        // (unowned) of func
    gint64 now_ms;             // UTC milliseconds
    char *token;               // (owned) (nullable)
} Link;

static void
free_link(gpointer data)
{
    Link *link = data;
    g_free(link->token);
    g_free(link);
}

static gboolean
issue_link(CatalogDatabase *database, gpointer data, GError **error)
{
    Link *link = data;
    gboolean needed = FALSE;
    if (!catalog_setup_is_needed(database, &needed, error))
        return FALSE;
    if (needed)
        link->token = catalog_setup_issue(database, link->now_ms, error);
    return !needed || link->token != NULL;
}

static void
on_link_issued(GObject *source, GAsyncResult *result, gpointer data)
{
    Link *link = data;
    g_autoptr(GError) error = NULL;
    if (!catalog_threads_finish(result, &error))
        g_warning("set-up link: %s", error->message);
    link->func(link->token, link->user_data);
}

void
server_invitation_issue(CatalogThreads *catalog, gint64 now_ms, ServerInvitationFunc func,
                        gpointer user_data)
{
    Link *link = g_new0(Link, 1);
    link->func = func;
    link->user_data = user_data;
    link->now_ms = now_ms;
    catalog_threads_write_async(catalog, issue_link, link, free_link, NULL, on_link_issued);
}
