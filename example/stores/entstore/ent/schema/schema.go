// Package schema is what ent generates the rest of ent/ from.
package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// User is a user of the app. twitter_id is NULL for a user without an X account.
type User struct{ ent.Schema }

// Fields are the columns.
func (User) Fields() []ent.Field {
	return []ent.Field{
		field.String("twitter_id").Optional().Nillable().Unique(),
		field.String("handle").Optional(),
		field.String("email").Optional(),
	}
}

// Edges are what goes with a user who is deleted.
func (User) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("sessions", Session.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("token", Token.Type).Unique().Annotations(entsql.OnDelete(entsql.Cascade)),
	}
}

// Session is the row of a session.
type Session struct{ ent.Schema }

// Fields are the columns.
func (Session) Fields() []ent.Field {
	return []ent.Field{
		field.String("id"),
		field.Int("user_id"),
		field.String("agent"),
		field.Time("begun"),
		field.Time("expires"),
	}
}

// Edges names whose session it is.
func (Session) Edges() []ent.Edge {
	return []ent.Edge{edge.From("user", User.Type).Ref("sessions").Field("user_id").Unique().Required()}
}

// Indexes are for the list of a user's devices.
func (Session) Indexes() []ent.Index { return []ent.Index{index.Fields("user_id")} }

// Token is the row of a user's token.
type Token struct{ ent.Schema }

// Annotations name the table.
func (Token) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: "tokens"}}
}

// Fields are the columns.
func (Token) Fields() []ent.Field {
	return []ent.Field{
		field.Int("user_id"),
		field.Bool("oauth2"),
		field.String("sealed").Sensitive(),
	}
}

// Edges names whose token it is.
func (Token) Edges() []ent.Edge {
	return []ent.Edge{edge.From("user", User.Type).Ref("token").Field("user_id").Unique().Required()}
}
