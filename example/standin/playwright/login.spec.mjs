import { expect, test } from '@playwright/test'

const control = `http://${process.env.STANDIN_ADDR ?? '127.0.0.1:9090'}/_control`

async function steer(request, action, data) {
  await expect(await request.post(`${control}/${action}`, { data })).toBeOK()
}

async function signIn(page) {
  await page.goto('/')
  await page.getByRole('button', { name: 'Sign in with X' }).click()
}

test.beforeEach(({ request }) => steer(request, 'reset', {}))

test('a person signs in', async ({ page }) => {
  await signIn(page)
  await expect(page).toHaveTitle(/stand-in for X/)
  await page.getByRole('button', { name: '@mary' }).click()
  await expect(page.getByText('@mary')).toBeVisible()
})

test('a person cancels', async ({ page }) => {
  await signIn(page)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('heading', { name: 'Sign-in cancelled' })).toBeVisible()
})

test('a person without an email signs in, without a click', async ({ page, request }) => {
  await steer(request, 'people', [{ id: '80', screenName: 'no_email' }])
  await steer(request, 'sign-in-as', { id: '80' })
  await signIn(page)
  await expect(page.getByText('@no_email')).toBeVisible()
})

test('X is down for a moment', async ({ page, request }) => {
  await steer(request, 'sign-in-as', { id: '77' })
  await steer(request, 'fail', { step: 'access_token', status: 503, times: 1 })
  await signIn(page)
  await expect(page.getByRole('heading', { name: 'That did not work' })).toBeVisible()

  await signIn(page)
  await expect(page.getByText('@mary')).toBeVisible()
  const requests = await (await request.get(`${control}/requests`)).json()
  expect(requests.filter(({ step }) => step === 'access_token')).toHaveLength(2)
})
