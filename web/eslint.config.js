// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The web client's lint rules: faults, hooks used rightly, no markup from strings, and the same shape
// limits as the C code; the same for the tests that are written in it. Called by `./dev lint`.
import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import typescript from "typescript-eslint";

const shape = {
  "max-lines": ["error", 600],
  "max-depth": ["error", 3],
  "max-params": ["error", 6],
  "max-lines-per-function": ["error", { max: 80, skipBlankLines: true, skipComments: true }],
};

const faults = {
  eqeqeq: "error",
  "no-eval": "error",
  "no-implied-eval": "error",
  "no-console": ["error", { allow: ["warn", "error"] }],
  "no-restricted-properties": [
    "error",
    { property: "innerHTML", message: "Render nodes; text from the server is never markup." },
    { property: "outerHTML", message: "Render nodes; text from the server is never markup." },
    { property: "insertAdjacentHTML", message: "Render nodes; text from the server is never markup." },
  ],
  "no-restricted-syntax": [
    "error",
    {
      selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
      message: "Render nodes; text from the server is never markup.",
    },
  ],
  "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
};

export default [
  { ignores: ["dist/**", "node_modules/**", "public/**"] },
  js.configs.recommended,
  ...typescript.configs.recommended,
  {
    files: ["src/**/*.ts", "src/**/*.tsx", "tests/**/*.ts"],
    plugins: { "react-hooks": hooks },
    rules: {
      ...shape,
      ...faults,
      "no-undef": "off",
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
    },
  },
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: {
      globals: Object.fromEntries(
        ["process", "console", "Buffer", "URL", "fetch", "File", "setTimeout", "clearTimeout", "setInterval", "clearInterval"].map(
          (name) => [name, "readonly"],
        ),
      ),
    },
    rules: { ...shape, "max-lines-per-function": ["error", 120] },
  },
];
