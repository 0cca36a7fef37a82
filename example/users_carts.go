package main

import (
	"context"
	"database/sql"

	"twitterlogin.example/twitterauth"
)

// cart returns how many of each product a user is about to buy.
func (s *users) cart(ctx context.Context, userID string) (map[string]int, error) {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	rows, err := s.db.QueryContext(ctx, `SELECT item, quantity FROM cart_items WHERE user_id = $1`, numeric(userID))
	if err != nil {
		return nil, storeError(err)
	}
	defer rows.Close()
	quantities := map[string]int{}
	for rows.Next() {
		var item string
		var quantity int
		if err := rows.Scan(&item, &quantity); err != nil {
			return nil, storeError(err)
		}
		quantities[item] = quantity
	}
	return quantities, storeError(rows.Err())
}

// addToCart adds one piece of a product.
func (s *users) addToCart(ctx context.Context, userID, item string) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	done, err := s.db.ExecContext(ctx, `
		INSERT INTO cart_items (user_id, item, quantity)
		SELECT id, $2, 1 FROM users WHERE id = $1
		ON CONFLICT (user_id, item) DO UPDATE SET quantity = cart_items.quantity + 1`, numeric(userID), item)
	if err != nil {
		return storeError(err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return twitterauth.ErrUserNotFound // deleted meanwhile, or moved to another user
	}
	return nil
}

// moveCart adds a guest's cart to that of the user whom the guest turned out to be.
// It locks the guest's rows, so that what is added meanwhile in another tab is
// moved too, or refused because the guest is gone.
func (s *users) moveCart(ctx context.Context, tx *sql.Tx, guest, owner int64) error {
	//nolint:gosec // G202: forUpdate is a constant
	_, err := tx.ExecContext(ctx, `
		INSERT INTO cart_items (user_id, item, quantity)
		SELECT CAST($2 AS BIGINT), item, quantity FROM cart_items WHERE user_id = $1`+s.forUpdate()+`
		ON CONFLICT (user_id, item) DO UPDATE SET quantity = cart_items.quantity + excluded.quantity`, guest, owner)
	return err
}
