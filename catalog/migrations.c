// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Brings a file to the newest schema, a transaction a step. PRAGMA user_version is the schema
// number, PRAGMA application_id says that the file is ours ("DAOR").
#include "catalog/migrations.h"

#include "catalog/error.h"
#include "catalog/schema.h"
#include "catalog/statement.h"

#define APPLICATION_ID 0x44414f52 // 1145130834, as the first step writes it

static const char IDENTITY_SQL[] =
    "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema) AS objects"
    " FROM pragma_application_id(), pragma_user_version()";

int
catalog_migrations_get_newest(void)
{
    int newest = 0;
    while (catalog_schema_steps[newest] != NULL)
        newest++;
    return newest;
}

static gboolean
read_version(CatalogDatabase *database, int *version, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, IDENTITY_SQL);
    if (!catalog_statement_next(statement))
        return catalog_statement_finish(statement, error);
    gint64 application_id = catalog_statement_get_int(statement, "application_id");
    gint64 found = catalog_statement_get_int(statement, "user_version");
    gint64 objects = catalog_statement_get_int(statement, "objects");
    if (application_id != APPLICATION_ID && (found != 0 || objects != 0 || application_id != 0)) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_CORRUPT,
                    "the file is not a Daorian catalogue");
        return FALSE;
    }
    if (found > catalog_migrations_get_newest()) {
        g_set_error(
            error, CATALOG_ERROR, CATALOG_ERROR_NEWER_SCHEMA,
            "the catalogue has schema %d, this program knows up to %d: use the newer Daorian",
            (int)found, catalog_migrations_get_newest());
        return FALSE;
    }
    *version = (int)found;
    return TRUE;
}

gboolean
catalog_migrations_check_identity(CatalogDatabase *database, GError **error)
{
    int version = 0;
    return read_version(database, &version, error);
}

typedef struct {
    int step;    // schema number the step leads to
    int reached; // schema number of the file afterwards
} MigrationsStep;

/* Reads the number again inside the transaction: another process may have been quicker. */
static gboolean
run_step_work(CatalogDatabase *database, gpointer data, GError **error)
{
    MigrationsStep *step = data;
    if (!read_version(database, &step->reached, error))
        return FALSE;
    if (step->reached >= step->step)
        return TRUE;
    const char *script = catalog_schema_steps[step->step - 1];
    if (!catalog_statement_run_script(database, script, error))
        return FALSE;
    step->reached = step->step;
    return TRUE;
}

gboolean
catalog_migrations_run(CatalogDatabase *database, GError **error)
{
    int version = 0;
    if (!read_version(database, &version, error))
        return FALSE;
    for (int number = version + 1; number <= catalog_migrations_get_newest(); number++) {
        MigrationsStep step = {.step = number};
        if (!catalog_database_run_write(database, run_step_work, &step, error))
            return FALSE;
    }
    return TRUE;
}
