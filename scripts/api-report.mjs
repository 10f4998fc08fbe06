/**
 * Compares the public API of the package in the working directory with its reports in `etc/`, one for each
 * entry of `exports`. `--update` writes the reports instead.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'

const CONFIG_FILE = resolve(import.meta.dirname, '../api-extractor.json')
const packageFolder = process.cwd()
const update = process.argv.includes('--update')

/** @type {{ exports: Record<string, string | { types: string }> }} */
const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
const shared = ExtractorConfig.loadFile(CONFIG_FILE)

for (const [entry, target] of Object.entries(manifest.exports)) {
  if (typeof target === 'object') checkEntry(entry, resolve(packageFolder, target.types))
}

/**
 * @param {string} entry - as in `exports`: `.` or `./name`
 * @param {string} declarations - the built `.d.ts` file
 */
function checkEntry(entry, declarations) {
  const { apiReport } = shared
  if (apiReport === undefined) throw new Error('api-extractor.json has no apiReport section')
  const reportTempFolder = join(packageFolder, 'temp/api')
  mkdirSync(reportTempFolder, { recursive: true })
  const config = ExtractorConfig.prepare({
    configObject: {
      ...shared,
      projectFolder: packageFolder,
      mainEntryPointFilePath: declarations,
      apiReport: {
        ...apiReport,
        reportFileName: `${basename(packageFolder)}${entry.slice(1).replaceAll('/', '.')}`,
        reportFolder: resolve(import.meta.dirname, '../etc'),
        reportTempFolder,
      },
    },
    configObjectFullPath: CONFIG_FILE,
    packageJsonFullPath: join(packageFolder, 'package.json'),
  })
  const result = Extractor.invoke(config, {
    localBuild: update,
    printApiReportDiff: true,
    messageCallback: (message) => {
      const noteworthy =
        message.logLevel === ExtractorLogLevel.Error || message.logLevel === ExtractorLogLevel.Warning
      if (!noteworthy) message.handled = true
    },
  })
  if (result.succeeded) return
  process.exitCode = 1
  if (result.apiReportChanged)
    console.error('If the change is meant, run "npm run api" and commit the report.')
}
