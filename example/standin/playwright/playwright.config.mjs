import { defineConfig } from '@playwright/test'

const x = process.env.STANDIN_ADDR ?? '127.0.0.1:9090'
const app = process.env.APP_ADDR ?? '127.0.0.1:8080'

export default defineConfig({
  workers: 1, // every test steers the same stand-in
  timeout: 120_000,
  expect: { timeout: 30_000 },
  use: {
    baseURL: `http://${app}`,
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' },
  },
  webServer: [
    {
      command: `go run ../../../twitterauth/twittertest/standin -addr ${x} -people ../people.json -consumer-key key -consumer-secret secret`,
      url: `http://${x}/_control/people`,
      timeout: 300_000,
    },
    {
      command: `go run ../.. -addr ${app} -data ${process.env.APP_DATA ?? 'data'}`, // your app
      url: `http://${app}/healthz`,
      env: { TWITTER_API_URL: `http://${x}`, TWITTER_CONSUMER_KEY: 'key', TWITTER_CONSUMER_SECRET: 'secret' },
      timeout: 300_000,
    },
  ],
})
